import { newId } from '@basalt/service';
import { logRuleInput } from '@basalt/contract';
import { change } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { nameTaken } from '../../identity/account-refusal.ts';
import type { Parts } from '../../parts.ts';
import { logRuleAdd } from '../../store/log-rule-store.ts';
import { isUniqueViolation } from '../../store/unique.ts';
import { groupOrThrow } from '../notification-group/group-shape.ts';
import { ruleOrThrow, ruleRegionsCheck, ruleShape } from './rule-shape.ts';

/** AUD-03. It tells of what is recorded from now on. */
export const operationLogCreateRule = (_parts: Parts): OwnDeed<'operationLog', 'createRule'> =>
  change(async ({ input, ctx, work }) => {
    const given = logRuleInput.parse(input);
    ruleRegionsCheck(ctx, given.regions);
    const group = await groupOrThrow(work.tx, given.notificationGroupId);
    const id = newId();
    await logRuleAdd(work.tx, { id, ...given, createdAt: new Date() }).catch((error: unknown) => {
      throw isUniqueViolation(error) ? nameTaken(given.name, 'name') : error;
    });
    const { name, notificationGroupId: _id, ...told } = given;
    work.resource('logRule', id, name);
    work.detail({ ...told, notificationGroup: group.name });
    return ruleShape(await ruleOrThrow(work.tx, ctx, id));
  });
