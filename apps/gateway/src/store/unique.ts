/** Whether a statement was refused because a value that may stand once stands there already. */
export function isUniqueViolation(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) if ('code' in at && at.code === '23505') return true;
  return false;
}
