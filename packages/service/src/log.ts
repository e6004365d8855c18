/** JSON lines on stdout; who starts the process decides where they go. Secrets are cut out by name at any depth used here. */
import { pino, type Logger } from 'pino';

export type { Logger } from 'pino';

const secretNames = [
  'password',
  'current',
  'token',
  'ticket',
  'key',
  'secret',
  'cookie',
  'authorization',
  'userData',
  'privateKey',
  'sshKeys',
];
const paths = secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`, `*.*.*.${name}`]);

export function logger(name: string, level = 'info'): Logger {
  return pino({
    name,
    level,
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths, censor: '[redacted]' },
    serializers: { error: pino.stdSerializers.errWithCause, err: pino.stdSerializers.errWithCause },
  });
}
