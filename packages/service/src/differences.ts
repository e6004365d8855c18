import { canonicalJson } from './canonical-json.ts';

/** Changed values for the operation log: `{field: {from, to}}` of what is given and differs. No secrets may be among them. */
export const differences = (
  before: Readonly<Record<string, unknown>>,
  given: Readonly<Record<string, unknown>>,
): Record<string, { from: unknown; to: unknown }> =>
  Object.fromEntries(
    Object.entries(given)
      .filter(([field, to]) => to !== undefined && canonicalJson(before[field]) !== canonicalJson(to))
      .map(([field, to]) => [field, { from: before[field] ?? null, to }]),
  );
