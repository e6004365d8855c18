/** What changed, for the operation log: `{field: {from, to}}` of the fields that differ. No secrets may be among them. */
import { canonicalJson } from '@basalt/service';

export const differences = (
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): Record<string, { from: unknown; to: unknown }> =>
  Object.fromEntries(
    Object.entries(after)
      .filter(([field, to]) => canonicalJson(before[field] ?? null) !== canonicalJson(to ?? null))
      .map(([field, to]) => [field, { from: before[field] ?? null, to: to ?? null }]),
  );
