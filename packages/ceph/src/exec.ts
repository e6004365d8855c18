/**
 * Runs command line tools: argv only, in a process group of their own, with a deadline that kills the whole group. A
 * Ceph tool hangs for ever when OSDs are gone, and qemu-img leaves threads in uninterruptible I/O.
 */
import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CephError } from './errors.ts';

export interface ExecRequest {
  readonly tool: string;
  readonly args: readonly string[];
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly stdin?: Readable;
  /** An open file to be the tool's standard input instead. */
  readonly stdinFd?: number;
  /** Called with each piece of stderr, where the tools write their progress. */
  readonly onStderr?: (text: string) => void;
  readonly onStdout?: (text: string) => void;
  readonly env?: Readonly<Record<string, string>>;
}

export interface ExecResult {
  /** Exit code; null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The seam at which tests put recorded answers. */
export type Exec = (request: ExecRequest) => Promise<ExecResult>;

const MAX_OUTPUT = 64 * 1024 * 1024;

/** Runs a tool; rejects only when it could not run, timed out, was aborted or talked too much. */
export const execTool: Exec = (request) =>
  new Promise((resolve, reject) => {
    const { tool, args, timeoutMs, signal } = request;
    const name = tool.split('/').at(-1) ?? tool;
    if (signal?.aborted === true) {
      reject(new CephError('aborted', `${name}: aborted before it began`));
      return;
    }
    const child = spawn(tool, [...args], {
      detached: true,
      stdio: [request.stdinFd ?? (request.stdin === undefined ? 'ignore' : 'pipe'), 'pipe', 'pipe'],
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8', TZ: 'UTC', ...request.env },
    });
    let stdout = '';
    let stderr = '';
    let failure: CephError | undefined;
    const kill = (reason: CephError): void => {
      failure ??= reason;
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // The group is gone already.
      }
    };
    const timer = setTimeout(
      () => kill(new CephError('timeout', `${name}: not done within ${timeoutMs} ms`)),
      timeoutMs,
    );
    const onAbort = (): void => kill(new CephError('aborted', `${name}: aborted`));
    signal?.addEventListener('abort', onAbort, { once: true });
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      request.onStdout?.(text);
      stdout += text;
      if (stdout.length > MAX_OUTPUT) kill(new CephError('protocol', `${name}: too much output`));
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      request.onStderr?.(text);
      stderr = (stderr + text).slice(-65_536);
    });
    if (request.stdin !== undefined && child.stdin !== null) {
      pipeline(request.stdin, child.stdin).catch((cause: unknown) => {
        // A tool that ends early closes the pipe; its own exit code tells more than EPIPE does.
        const isPipe = cause instanceof Error && 'code' in cause && cause.code === 'EPIPE';
        if (!isPipe) kill(new CephError('failed', `${name}: its input failed`, { cause }));
      });
    }
    const release = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    child.once('error', (cause) => {
      release();
      reject(failure ?? new CephError('crashed', `${name}: could not be run`, { cause }));
    });
    child.once('close', (code) => {
      release();
      if (failure === undefined) resolve({ code, stdout, stderr });
      else reject(failure);
    });
  });
