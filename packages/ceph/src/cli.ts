/** Ceph's command line tools with this client's identity, their exit codes turned into CephError, their JSON checked. */
import type { z } from 'zod';
import { CephError, type CephErrorKind, kindOfErrno } from './errors.ts';
import { type Exec, execTool } from './exec.ts';
import type { CallOptions, CephConfig } from './types.ts';

export interface CliCall extends CallOptions {
  readonly stdin?: Parameters<Exec>[0]['stdin'];
  readonly onStderr?: (text: string) => void;
  readonly onStdout?: (text: string) => void;
}

/** What tools say where the exit code alone is ambiguous. */
const WORDS: readonly (readonly [RegExp, CephErrorKind])[] = [
  [
    /error connecting to the cluster|RADOS .*(timed out|object not found)|couldn't connect|unable to find a keyring/i,
    'unreachable',
  ],
  [/blocklisted/i, 'blocklisted'],
  [/only allowed with the --allow-shrink/i, 'refused'],
  [/still has watchers|image has snapshots|is protected|Directory not empty|has linked clones/i, 'busy'],
  [/File exists|already exists/i, 'exists'],
  [/No space left|quota exceeded/i, 'no-space'],
];

/** The error for a tool that ended with a code other than 0. */
export function errorOfExit(tool: string, verb: string, code: number | null, stderr: string): CephError {
  const text = stderr.trim().slice(-2000);
  const kind = WORDS.find(([words]) => words.test(text))?.[1] ?? kindOfErrno(code ?? 0);
  return new CephError(kind, `${tool} ${verb}: ${text.split('\n').at(-1) ?? ''} (exit ${code ?? 'by signal'})`, {
    ...(code === null ? {} : { code }),
    stderr: text,
  });
}

/** Parses the first JSON value of the text: `osd blocklist ls` writes a second list behind the first. */
export function parseFirstJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    let depth = 0;
    let inString = false;
    for (let at = 0; at < text.length; at++) {
      const char = text[at];
      if (inString) {
        if (char === '\\') at++;
        else if (char === '"') inString = false;
      } else if (char === '"') inString = true;
      else if (char === '{' || char === '[') depth++;
      else if ((char === '}' || char === ']') && --depth === 0) return JSON.parse(text.slice(0, at + 1));
    }
    throw new SyntaxError('no complete JSON value');
  }
}

/** Checks an answer's shape; `protocol` when it is another. */
export function checkShape<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new CephError('protocol', `${what}: unexpected answer`, { cause: result.error });
}

export class Cli {
  readonly #config: CephConfig;
  readonly #exec: Exec;

  constructor(config: CephConfig, exec: Exec = execTool) {
    this.#config = config;
    this.#exec = exec;
  }

  /** Options that say who we are; every tool of Ceph takes them. */
  get identity(): string[] {
    const { conf, user, keyring } = this.#config;
    return ['--conf', conf, '--id', user, ...(keyring === undefined ? [] : ['--keyring', keyring])];
  }

  /** Runs any tool and fails on a non-zero exit. */
  async run(tool: string, args: readonly string[], verb: string, call: CliCall, timeoutMs: number): Promise<string> {
    const result = await this.#exec({
      tool,
      args,
      timeoutMs: call.timeoutMs ?? timeoutMs,
      signal: call.signal,
      ...(call.stdin === undefined ? {} : { stdin: call.stdin }),
      ...(call.onStderr === undefined ? {} : { onStderr: call.onStderr }),
      ...(call.onStdout === undefined ? {} : { onStdout: call.onStdout }),
    });
    if (result.code !== 0) throw errorOfExit(tool, verb, result.code, result.stderr);
    return result.stdout;
  }

  /** `rbd …` for its effect. */
  async rbd(args: readonly string[], call: CliCall = {}, timeoutMs = 30_000): Promise<void> {
    await this.run('rbd', [...this.identity, ...args], args.slice(0, 2).join(' '), call, timeoutMs);
  }

  /** `rbd … --format json`. */
  async rbdJson<T>(schema: z.ZodType<T>, args: readonly string[], call: CliCall = {}, timeoutMs = 15_000): Promise<T> {
    const verb = args[0] ?? '';
    const text = await this.run('rbd', [...this.identity, ...args, '--format', 'json'], verb, call, timeoutMs);
    return this.#parse(schema, text, `rbd ${verb}`);
  }

  /** `ceph … --format json`; an empty answer is null. */
  async ceph<T>(schema: z.ZodType<T>, args: readonly string[], call: CliCall = {}, timeoutMs = 15_000): Promise<T> {
    const wait = String(Math.max(1, Math.ceil((call.timeoutMs ?? timeoutMs) / 1000)));
    const argv = [...this.identity, '--connect-timeout', wait, '--format', 'json', ...args];
    const verb = args.slice(0, 2).join(' ');
    return this.#parse(schema, await this.run('ceph', argv, verb, call, timeoutMs), `ceph ${verb}`);
  }

  #parse<T>(schema: z.ZodType<T>, text: string, what: string): T {
    let value: unknown;
    try {
      value = text.trim() === '' ? null : parseFirstJson(text);
    } catch (cause) {
      throw new CephError('protocol', `${what}: answer is not JSON`, { cause });
    }
    return checkShape(schema, value, what);
  }
}
