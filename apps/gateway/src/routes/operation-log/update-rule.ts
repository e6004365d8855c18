import { logRuleInput } from '@basalt/contract';
import { differences } from '@basalt/service';
import { change } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { nameTaken } from '../../identity/account-refusal.ts';
import type { Parts } from '../../parts.ts';
import { logRuleChange } from '../../store/log-rule-store.ts';
import { isUniqueViolation } from '../../store/unique.ts';
import { groupOrThrow } from '../notification-group/group-shape.ts';
import { ruleOrThrow, ruleRegionsCheck, ruleShape } from './rule-shape.ts';

export const operationLogUpdateRule = (_parts: Parts): OwnDeed<'operationLog', 'updateRule'> =>
  change(async ({ input, ctx, work }) => {
    const given = logRuleInput.parse(input);
    const { rule } = await ruleOrThrow(work.tx, ctx, input.id);
    work.resource('logRule', rule.id, rule.name);
    ruleRegionsCheck(ctx, given.regions);
    await groupOrThrow(work.tx, given.notificationGroupId);
    work.detail(differences({ ...rule }, given));
    await logRuleChange(work.tx, rule.id, given).catch((error: unknown) => {
      throw isUniqueViolation(error) ? nameTaken(given.name, 'name') : error;
    });
    return ruleShape(await ruleOrThrow(work.tx, ctx, rule.id));
  });
