import { invalid } from '../../identity/account-refusal.ts';
import type { Parts } from '../../parts.ts';

/** Regions without doubles. @throws BasaltError invalidInput at `regions.N` for one that does not exist. */
export function regionsDemand(parts: Parts, keys: readonly string[]): string[] {
  const at = keys.findIndex((key) => !parts.regions.get(key));
  if (at >= 0) throw invalid(`regions.${at}`, '地域不存在', 'there is no such region');
  return [...new Set(keys)].toSorted();
}
