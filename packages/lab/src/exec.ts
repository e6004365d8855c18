/**
 * Outside commands of the lab: argv only, always with a deadline, and an error that quotes what the tool said.
 */
import { execFile } from 'node:child_process';

export interface CommandOptions {
  /** Milliseconds until the command is killed; default 20 000. */
  timeoutMs?: number;
  input?: string;
  env?: Record<string, string>;
  cwd?: string;
}

export interface CommandResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** A command that ended with a code other than zero, or not in time. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly result: CommandResult;
  constructor(argv: readonly string[], result: CommandResult, timedOut: boolean) {
    const said = (result.stderr.trim() || result.stdout.trim()).split('\n').slice(-6).join('\n');
    super(`${argv.join(' ')}: ${timedOut ? 'not finished in time' : `exit ${result.code}`}${said ? `\n${said}` : ''}`);
    this.result = result;
  }
}

/** The environment a lab tool gets: nothing of the caller's but the search path, and messages in English. */
export function plainEnvironment(extra: Record<string, string> = {}): Record<string, string> {
  return {
    PATH: `/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    HOME: process.env['HOME'] ?? '/root',
    LANG: 'C.UTF-8',
    LC_ALL: 'C.UTF-8',
    ...extra,
  };
}

/** Runs a command and gives code, stdout and stderr whatever the code; rejects only when it could not run or not end in time. */
export function commandTry(argv: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const [file, ...args] = argv;
  if (file === undefined) return Promise.reject(new Error('empty command'));
  return new Promise((resolve, reject) => {
    const child = execFile(
      file,
      args,
      {
        timeout: options.timeoutMs ?? 20_000,
        killSignal: 'SIGKILL',
        maxBuffer: 64 * 1024 * 1024,
        env: plainEnvironment(options.env),
        cwd: options.cwd ?? '/',
      },
      (error, stdout, stderr) => {
        if (error === null) return resolve({ code: 0, stdout, stderr });
        const code = typeof error.code === 'number' ? error.code : -1;
        const result = { code, stdout, stderr: stderr || (typeof error.code === 'string' ? error.message : '') };
        if (error.killed === true || typeof error.code === 'string')
          return reject(new CommandError(argv, result, error.killed === true));
        resolve(result);
      },
    );
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(options.input ?? '');
  });
}

/** Runs a command and gives its stdout; rejects with CommandError when the code is not zero. */
export async function commandRun(argv: readonly string[], options: CommandOptions = {}): Promise<string> {
  const result = await commandTry(argv, options);
  if (result.code !== 0) throw new CommandError(argv, result, false);
  return result.stdout;
}

/** Polls until `probe` gives something other than undefined; throws with `what` (and the last error) at the deadline. */
export async function waitFor<T>(
  what: string,
  timeoutMs: number,
  probe: () => T | undefined | Promise<T | undefined>,
  everyMs = 100,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const value = await probe();
      if (value !== undefined) return value;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) throw new Error(`waited ${Math.round(timeoutMs / 1000)} s for ${what}`, { cause: last });
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
