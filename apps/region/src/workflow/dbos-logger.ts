/** DBOS speaks through our log; what it calls info is of no interest to an operator. */
import type { Logger } from '@basalt/service';

const textOf = (entry: unknown): string => (entry instanceof Error ? entry.message : String(entry));

export const dbosLogger = (log: Logger) => ({
  info: (entry: unknown): void => log.debug({ dbos: textOf(entry) }, 'dbos'),
  debug: (entry: unknown): void => log.trace({ dbos: textOf(entry) }, 'dbos'),
  warn: (entry: unknown): void => log.warn({ dbos: textOf(entry) }, 'dbos'),
  error: (entry: unknown): void => log.error({ dbos: textOf(entry), error: entry }, 'dbos'),
});
