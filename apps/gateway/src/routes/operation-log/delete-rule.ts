import { change } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import type { Parts } from '../../parts.ts';
import { logRuleRemove } from '../../store/log-rule-store.ts';
import { ruleOrThrow } from './rule-shape.ts';

export const operationLogDeleteRule = (_parts: Parts): OwnDeed<'operationLog', 'deleteRule'> =>
  change(async ({ input, ctx, work }) => {
    const { rule } = await ruleOrThrow(work.tx, ctx, input.id);
    work.resource('logRule', rule.id, rule.name);
    await logRuleRemove(work.tx, rule.id);
    return {};
  });
