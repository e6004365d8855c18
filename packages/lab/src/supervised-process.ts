/**
 * One process under supervision: start, readiness, restart with back-off, stop with a time limit. The child's handle
 * is what is trusted; its pid is written down only for a clean-up after the supervisor's own death.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, copyFileSync, openSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { commandRun, plainEnvironment } from './exec.ts';
import { processStartTime } from './process-table.ts';
import { readyProbeTry } from './ready-probe.ts';
import type { ProcessSpec, ProcessState, ProcessStatus } from './supervisor-protocol.ts';

export interface SupervisedContext {
  logDir: string;
  /** Marker put into the environment of every process. */
  marker: { name: string; value: string };
  /** Called right after a process was started or has ended. */
  onChange: () => void;
}

interface Run {
  child: ChildProcess;
  pid: number;
  startTime: number;
  startedAt: Date;
  logFrom: number;
  ended: Promise<void>;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export class SupervisedProcess {
  readonly spec: ProcessSpec;
  readonly log: string;
  #context: SupervisedContext;
  #state: ProcessState = 'stopped';
  #wanted = false;
  #run: Run | undefined;
  #restarts = 0;
  #failures = 0;
  #lastExit: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #becomingReady: Promise<void> | undefined;

  constructor(spec: ProcessSpec, context: SupervisedContext) {
    this.spec = spec;
    this.#context = context;
    this.log = join(context.logDir, `${spec.name}.log`);
  }

  get state(): ProcessState {
    return this.#state;
  }

  get identity(): { name: string; pid: number; startTime: number } | undefined {
    return this.#run === undefined
      ? undefined
      : { name: this.spec.name, pid: this.#run.pid, startTime: this.#run.startTime };
  }

  status(): ProcessStatus {
    return {
      name: this.spec.name,
      group: this.spec.group,
      order: this.spec.order,
      state: this.#state,
      wanted: this.#wanted,
      pid: this.#run?.pid,
      startTime: this.#run?.startTime,
      startedAt: this.#run?.startedAt.toISOString(),
      restarts: this.#restarts,
      lastExit: this.#lastExit,
      log: this.log,
    };
  }

  /** Starts it (no-op when it runs) and waits until it is ready; throws with the end of its log otherwise. */
  async start(): Promise<void> {
    if (this.#state === 'stopping') await this.#run?.ended;
    this.#wanted = true;
    if (this.#run === undefined) {
      clearTimeout(this.#timer);
      this.#failures = 0;
      this.#spawn();
    }
    await this.#becomingReady;
    if (this.#state !== 'ready' && this.#state !== 'exited')
      throw new Error(`${this.spec.name} did not become ready: ${this.#lastExit ?? this.#state}\n${this.logTail()}`);
  }

  /** Stops it and waits until it is gone: stop signal, after the time limit SIGKILL to its whole process group. */
  async stop(): Promise<void> {
    this.#wanted = false;
    clearTimeout(this.#timer);
    const run = this.#run;
    if (run === undefined) {
      this.#state = 'stopped';
      return;
    }
    this.#state = 'stopping';
    this.signal(this.spec.stopSignal);
    this.signal('SIGCONT');
    const limit = setTimeout(() => this.#killGroup(run), this.spec.stopTimeoutMs);
    await run.ended;
    clearTimeout(limit);
    this.#killGroup(run);
    this.#state = 'stopped';
  }

  /** SIGKILL at once and no restart; resolves when the process is reaped. */
  async halt(): Promise<void> {
    this.#wanted = false;
    clearTimeout(this.#timer);
    const run = this.#run;
    if (run !== undefined) {
      this.#killGroup(run);
      await run.ended;
    }
    this.#state = 'stopped';
  }

  /** Sends a signal to the process alone. @returns false when it does not run. */
  signal(signal: NodeJS.Signals): boolean {
    return this.#run?.child.kill(signal) ?? false;
  }

  logTail(lines = 12): string {
    try {
      return readFileSync(this.log, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
    } catch {
      return '';
    }
  }

  /** Copies the log away and truncates it; the child appends, so it goes on at the new end. */
  logRotate(): void {
    try {
      if (statSync(this.log).size <= this.spec.logMaxBytes) return;
      copyFileSync(this.log, `${this.log}.1`);
      truncateSync(this.log);
    } catch {
      // No log yet.
    }
  }

  #spawn(): void {
    this.#state = 'starting';
    this.logRotate();
    const logFd = openSync(this.log, 'a', 0o640);
    const logFrom = statSync(this.log).size;
    const [file, ...args] = [...this.spec.wrap, ...this.spec.argv];
    let child: ChildProcess;
    try {
      child = spawn(file ?? '', args, {
        cwd: this.spec.cwd,
        detached: true,
        stdio: ['ignore', logFd, logFd],
        env: plainEnvironment({ ...this.spec.env, [this.#context.marker.name]: this.#context.marker.value }),
        ...(this.spec.uid === undefined ? {} : { uid: this.spec.uid }),
        ...(this.spec.gid === undefined ? {} : { gid: this.spec.gid }),
      });
    } finally {
      closeSync(logFd);
    }
    const ended = new Promise<void>((resolve) => {
      child.once('exit', (code, signal) => {
        this.#onEnd(signal ?? `exit ${code}`, code === 0);
        resolve();
      });
      child.once('error', (error) => {
        if (child.pid !== undefined) return;
        this.#onEnd(error.message, false);
        resolve();
      });
    });
    if (child.pid === undefined) {
      this.#becomingReady = ended;
      return;
    }
    const run: Run = {
      child,
      pid: child.pid,
      startTime: processStartTime(child.pid) ?? 0,
      startedAt: new Date(),
      logFrom,
      ended,
    };
    this.#run = run;
    this.#context.onChange();
    this.#becomingReady = this.#awaitReady(run);
  }

  async #awaitReady(run: Run): Promise<void> {
    const deadline = Date.now() + this.spec.readyTimeoutMs;
    const current = () => this.#run === run && this.#state === 'starting';
    const probe = this.spec.ready;
    // Without a probe, a process that lives for a moment is taken as ready.
    if (probe === undefined) await Promise.race([run.ended, pause(100)]);
    while (probe !== undefined && current()) {
      if (await readyProbeTry(probe, this.spec, run.pid, this.log, run.logFrom).catch(() => false)) break;
      if (Date.now() > deadline)
        return this.#notReady(run, `not ready after ${Math.round(this.spec.readyTimeoutMs / 1000)} s`);
      await Promise.race([run.ended, pause(100)]);
    }
    for (const argv of this.spec.afterReady) {
      // Repeated until the deadline: what a daemon makes for itself (a bridge's tap) may come a moment after its socket.
      while (current()) {
        const failure = await this.#afterReadyRun(argv);
        if (failure === undefined) break;
        if (Date.now() > deadline) return this.#notReady(run, failure);
        await Promise.race([run.ended, pause(200)]);
      }
    }
    if (current()) this.#state = 'ready';
  }

  async #afterReadyRun(argv: string[]): Promise<string | undefined> {
    try {
      await commandRun([...this.spec.wrap, ...argv], { timeoutMs: 20_000, env: this.spec.env });
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** A process that lives but does not become ready is ended; the restart policy goes on from there. */
  #notReady(run: Run, why: string): void {
    if (this.#run !== run) return;
    this.#killGroup(run);
    this.#lastExit = why;
  }

  #onEnd(how: string, clean: boolean): void {
    const ranMs = this.#run === undefined ? 0 : Date.now() - this.#run.startedAt.getTime();
    this.#run = undefined;
    this.#lastExit = how;
    this.#context.onChange();
    const again = this.#wanted && (this.spec.restart === 'always' || (this.spec.restart === 'on-failure' && !clean));
    if (!again) {
      this.#state = this.#wanted ? 'exited' : 'stopped';
      this.#wanted = false;
      return;
    }
    if (ranMs > this.spec.backoff.resetAfterMs) this.#failures = 0;
    const delay = Math.min(this.spec.backoff.initialMs * 2 ** this.#failures, this.spec.backoff.maxMs);
    this.#failures += 1;
    this.#state = 'backoff';
    this.#timer = setTimeout(() => {
      if (!this.#wanted || this.#run !== undefined) return;
      this.#restarts += 1;
      this.#spawn();
    }, delay);
  }

  #killGroup(run: Run): void {
    try {
      process.kill(-run.pid, 'SIGKILL');
    } catch {
      // The group is empty.
    }
  }
}
