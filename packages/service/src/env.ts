import type { z } from 'zod';

/**
 * The process's environment by a schema; what is missing or wrong is named and ends the process before it does anything.
 */
export function envParse<T extends z.ZodType>(
  schema: T,
  source: Readonly<Record<string, string | undefined>> = process.env,
): z.output<T> {
  const result = schema.safeParse(source);
  if (result.success) return result.data;
  const lines = result.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`The environment is not as it should be:\n${lines.join('\n')}`);
}
