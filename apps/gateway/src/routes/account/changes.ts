/** Values that differ, as the operation log tells them: `{field: {from, to}}`. */
export function changesOf<T extends Readonly<Record<string, unknown>>>(
  before: T,
  after: { readonly [K in keyof T]?: T[K] | undefined },
): Record<string, { from: unknown; to: unknown }> {
  return Object.fromEntries(
    Object.entries(after)
      .filter(([field, to]) => to !== undefined && JSON.stringify(to) !== JSON.stringify(before[field]))
      .map(([field, to]) => [field, { from: before[field], to }]),
  );
}
