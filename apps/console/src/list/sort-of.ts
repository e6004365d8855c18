import type { TableSort } from '@basalt/ui';

/** The sort of the address as a procedure wants it; undefined when it names a field the list does not sort by. */
export function sortOf<const Field extends string>(
  sort: TableSort | undefined,
  fields: readonly Field[],
): { field: Field; order: 'asc' | 'desc' } | undefined {
  const field = fields.find((key) => key === sort?.key);
  return field === undefined || sort === undefined ? undefined : { field, order: sort.order };
}

/** The values of a condition that a schema knows; undefined when there are none, which means "any". */
export function valuesOf<Value>(
  values: readonly string[] | undefined,
  schema: { safeParse: (value: unknown) => { success: true; data: Value } | { success: false } },
): Value[] | undefined {
  const known = (values ?? []).flatMap((value) => {
    const parsed = schema.safeParse(value);
    return parsed.success ? [parsed.data] : [];
  });
  return known.length === 0 ? undefined : known;
}
