import { BasaltError, both } from '@basalt/contract';
import { change } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import type { Parts } from '../../parts.ts';
import { notificationGroupRemove, rulesUsing } from '../../store/log-rule-store.ts';
import { groupOrThrow } from './group-shape.ts';

/** @throws BasaltError inUse naming the rules. */
export const notificationGroupDelete = (_parts: Parts): OwnDeed<'notificationGroup', 'delete'> =>
  change(async ({ input: { id }, work }) => {
    const { name } = await groupOrThrow(work.tx, id);
    work.resource('notificationGroup', id, name);
    const rules = await rulesUsing(work.tx, id);
    if (rules.length > 0)
      throw new BasaltError('inUse', { kind: both('通知组', 'notification group'), users: rules.join(', ') });
    await notificationGroupRemove(work.tx, id);
    return {};
  });
