import { differences } from '@basalt/service';
import { change } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { nameTaken } from '../../identity/account-refusal.ts';
import type { Parts } from '../../parts.ts';
import { notificationGroupChange } from '../../store/log-rule-store.ts';
import { isUniqueViolation } from '../../store/unique.ts';
import { emailsOnce, groupOrThrow, groupTold } from './group-shape.ts';

export const notificationGroupUpdate = (_parts: Parts): OwnDeed<'notificationGroup', 'update'> =>
  change(async ({ input: { id, name, emails }, work }) => {
    const before = await groupOrThrow(work.tx, id);
    const values = { name, emails: emailsOnce(emails) };
    work.resource('notificationGroup', id, before.name);
    work.detail(differences({ name: before.name, emails: before.emails }, values));
    await notificationGroupChange(work.tx, id, values).catch((error: unknown) => {
      throw isUniqueViolation(error) ? nameTaken(name, 'name') : error;
    });
    return groupTold(work.tx, id);
  });
