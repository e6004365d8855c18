import { BasaltError, both, type LogRule } from '@basalt/contract';
import type { GatewayContext } from '../../http/context.ts';
import type { Transaction } from '../../store/database.ts';
import { logRuleOf, type RuleWithGroup } from '../../store/log-rule-store.ts';
import { logReaderOf } from './reader.ts';

export const ruleShape = ({ rule, group }: RuleWithGroup): LogRule => ({
  id: rule.id as LogRule['id'],
  name: rule.name,
  enabled: rule.enabled,
  regions: rule.regions as LogRule['regions'],
  modules: rule.modules,
  result: rule.result,
  notificationGroupId: rule.notificationGroupId as LogRule['notificationGroupId'],
  notificationGroup: group.name,
  createdAt: rule.createdAt.toISOString(),
});

/** Whether a rule tells of nothing but what the caller may see: an account of regions has rules for these only. */
function isWithin(ctx: GatewayContext, regions: readonly string[]): boolean {
  const granted = logReaderOf(ctx).regions;
  return granted === null || (regions.length > 0 && regions.every((region) => granted.has(region)));
}

/** @throws BasaltError invalidInput. */
export function ruleRegionsCheck(ctx: GatewayContext, regions: readonly string[]): void {
  if (isWithin(ctx, regions)) return;
  throw new BasaltError(
    'invalidInput',
    { field: 'regions', rule: both('请从已授权的地域中选择', 'choose from the regions that are granted to you') },
    { field: 'regions' },
  );
}

/** @throws BasaltError notFound, also when it is for regions that the caller may not see. */
export async function ruleOrThrow(tx: Transaction, ctx: GatewayContext, id: string): Promise<RuleWithGroup> {
  const found = await logRuleOf(tx, id);
  if (!found || !isWithin(ctx, found.rule.regions)) throw new BasaltError('notFound', { kind: both('规则', 'rule') });
  return found;
}
