/** JSON lines on stdout; who starts the process decides where they go. Secrets are cut out by name at any depth. */
import { pino, type DestinationStream, type Logger } from 'pino';
import { logSecretsCut } from './redact.ts';

export type { Logger } from 'pino';

/** Statements are told, what they were given is not: it may be a hash, a sealed secret or somebody's name. */
const withoutParams = (text: string): string => text.replaceAll(/\nparams: .*(?:\n(?!\s+at ).*)*/gu, '');

/** An error as data. Its code tells what went wrong and is no secret; its cause is told with it. */
function errorTold(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const told = pino.stdSerializers.errWithCause(error);
  const plain = (value: unknown, depth = 0): unknown => {
    if (typeof value !== 'object' || value === null || depth > 6) return value;
    const { code, cause, message, stack, params: _params, ...rest } = value as Record<string, unknown>;
    return {
      ...logSecretsCut(rest),
      ...(typeof message === 'string' ? { message: withoutParams(message) } : {}),
      ...(typeof stack === 'string' ? { stack: withoutParams(stack) } : {}),
      ...(code === undefined ? {} : { code }),
      ...(cause === undefined ? {} : { cause: plain(cause, depth + 1) }),
    };
  };
  return plain(told);
}

/** The names under which errors are logged. */
const errorNames = ['error', 'err'] as const;

/** @param stream where lines go; standard output when absent. */
export function logger(name: string, level = 'info', stream?: DestinationStream): Logger {
  const options = {
    name,
    level,
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: {
      log(entry: Record<string, unknown>): Record<string, unknown> {
        const errors = errorNames.filter((each) => entry[each] instanceof Error);
        if (errors.length === 0) return logSecretsCut(entry);
        const rest = Object.fromEntries(Object.entries(entry).filter(([each]) => !errors.some((e) => e === each)));
        return { ...logSecretsCut(rest), ...Object.fromEntries(errors.map((each) => [each, errorTold(entry[each])])) };
      },
    },
    serializers: { error: (value: unknown) => value, err: (value: unknown) => value },
  };
  return stream ? pino(options, stream) : pino(options);
}
