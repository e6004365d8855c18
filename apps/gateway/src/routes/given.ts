/** The fields that were given; of the others a change leaves what is there. */
export const given = <T extends Readonly<Record<string, unknown>>>(
  values: T,
): { -readonly [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
