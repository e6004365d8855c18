/** The command line was used wrongly; nothing has been sent. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
/** What a script can tell an outcome by. */
export const exitCodes = { done: 0, refused: 1, usage: 2, unreachable: 3, taskFailed: 4, interrupted: 130 } as const;
