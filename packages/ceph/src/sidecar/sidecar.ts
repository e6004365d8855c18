/**
 * Keeps sidecar.py running: starts it when first needed, starts it again after a crash with growing pauses, gives every
 * call a deadline, and replaces it when its threads have got stuck in calls nobody waits for any more.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { CephError, type CephErrorKind, kindOfErrno } from '../errors.ts';
import type { CallOptions, CephConfig } from '../types.ts';

const THREADS = 12;
const MAX_BACKOFF_MS = 15_000;

const answerShape = z.object({
  id: z.number(),
  result: z.unknown().optional(),
  error: z.object({ errno: z.number(), message: z.string(), kind: z.enum(['refused']).nullish() }).optional(),
});

const START_PATIENCE_MS = 3000;

/** The promise's value, or false when it takes too long. */
function within(promise: Promise<boolean>, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), ms);
    void promise.then(resolve).finally(() => clearTimeout(timer));
  });
}

interface Pending {
  readonly method: string;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: CephError) => void;
  readonly release: () => void;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

export interface SidecarOptions {
  /** Program and arguments in place of Debian's Python and sidecar.py; the configuration is appended as JSON. */
  readonly command?: readonly string[];
  /** Deadline librados itself applies to monitors and OSDs, seconds; the backstop behind our own. */
  readonly opTimeoutSeconds?: number;
}

export class Sidecar {
  readonly #config: CephConfig;
  readonly #options: SidecarOptions;
  readonly #pending = new Map<number, Pending>();
  /** Calls given up on whose thread is still at work. */
  readonly #abandoned = new Set<number>();
  #child: Child | undefined;
  #starting: Promise<boolean> | undefined;
  #ready = false;
  #hopeless = false;
  #closed = false;
  #retryAt = 0;
  #failures = 0;
  #nextId = 1;

  constructor(config: CephConfig, options: SidecarOptions = {}) {
    this.#config = config;
    this.#options = options;
  }

  /** Process id while it runs. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Whether calls can be made now; starts the helper if that makes sense. False = use the command line. */
  async usable(): Promise<boolean> {
    if (this.#ready) return true;
    if (this.#closed || this.#hopeless || performance.now() < this.#retryAt) return false;
    this.#starting ??= this.#start().finally(() => (this.#starting = undefined));
    // While the monitors are away the start hangs; the command line has its own deadline and a clearer error.
    return within(this.#starting, START_PATIENCE_MS);
  }

  /** Calls a method of sidecar.py; only after `usable()` said so. */
  call(method: string, params: unknown, options: CallOptions = {}): Promise<unknown> {
    const child = this.#child;
    if (child === undefined || !this.#ready) {
      return Promise.reject(new CephError('crashed', `${method}: the helper is not running`));
    }
    if (options.signal?.aborted === true) return Promise.reject(new CephError('aborted', `${method}: aborted`));
    const id = this.#nextId++;
    const timeoutMs = options.timeoutMs ?? 15_000;
    return new Promise((resolve, reject) => {
      const giveUp = (error: CephError): void => {
        const pending = this.#settle(id);
        if (pending === undefined) return;
        this.#abandoned.add(id);
        pending.reject(error);
        if (this.#abandoned.size >= THREADS) child.kill('SIGKILL');
      };
      const timer = setTimeout(
        () => giveUp(new CephError('timeout', `${method}: no answer within ${timeoutMs} ms`)),
        timeoutMs,
      );
      const onAbort = (): void => giveUp(new CephError('aborted', `${method}: aborted`));
      options.signal?.addEventListener('abort', onAbort, { once: true });
      const release = (): void => {
        clearTimeout(timer);
        options.signal?.removeEventListener('abort', onAbort);
      };
      this.#pending.set(id, { method, resolve, reject, release });
      child.stdin.write(`${JSON.stringify({ id, method, params })}\n`);
    });
  }

  /** Ends the helper; pending calls reject. Resolves when the process is gone. */
  async close(): Promise<void> {
    this.#closed = true;
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    const timer = setTimeout(() => child.kill('SIGKILL'), 2000);
    child.stdin.end();
    await gone;
    clearTimeout(timer);
  }

  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    pending?.release();
    return pending;
  }

  #start(): Promise<boolean> {
    const { command, opTimeoutSeconds = 20 } = this.#options;
    const config = JSON.stringify({
      conf: this.#config.conf,
      user: this.#config.user,
      keyring: this.#config.keyring,
      monTimeout: opTimeoutSeconds,
      osdTimeout: opTimeoutSeconds,
      threads: THREADS,
    });
    const script = fileURLToPath(new URL('sidecar.py', import.meta.url));
    // Debian's own interpreter, isolated: bindings live there and no PYTHONPATH of anybody's may interfere.
    const [program = '', ...args] = command ?? ['/usr/bin/python3', '-u', '-I', script];
    return new Promise((resolve) => {
      const child = spawn(program, [...args, config], {
        stdio: ['pipe', 'pipe', 'pipe'],
        env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8', TZ: 'UTC' },
      });
      this.#child = child;
      let stderr = '';
      let wasReady = false;
      child.stdin.on('error', () => {});
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-2000)));
      const ended = (code: number | null): void => {
        if (this.#child !== child) return;
        this.#child = undefined;
        this.#ready = false;
        this.#abandoned.clear();
        if (code === 3 || code === 127) this.#hopeless = true;
        this.#failures = wasReady ? 1 : this.#failures + 1;
        this.#retryAt = performance.now() + Math.min(200 * 2 ** this.#failures, MAX_BACKOFF_MS);
        for (const id of this.#pending.keys()) {
          const pending = this.#settle(id);
          pending?.reject(new CephError('crashed', `${pending.method}: the helper ended`, { stderr }));
        }
        resolve(false);
      };
      child.once('error', () => {
        this.#hopeless = true;
        ended(null);
      });
      child.once('exit', ended);
      createInterface({ input: child.stdout }).on('line', (line) => {
        if (wasReady) {
          this.#receive(line, child);
          return;
        }
        wasReady = true;
        this.#ready = true;
        this.#failures = 0;
        resolve(true);
      });
    });
  }

  #receive(line: string, child: Child): void {
    let answer: z.infer<typeof answerShape>;
    try {
      answer = answerShape.parse(JSON.parse(line));
    } catch {
      child.kill('SIGKILL');
      return;
    }
    this.#abandoned.delete(answer.id);
    const pending = this.#settle(answer.id);
    if (pending === undefined) return;
    if (answer.error === undefined) {
      pending.resolve(answer.result);
      return;
    }
    const { errno, message } = answer.error;
    const kind: CephErrorKind = answer.error.kind ?? kindOfErrno(errno);
    pending.reject(new CephError(kind, `${pending.method}: ${message}`, { code: errno }));
  }
}
