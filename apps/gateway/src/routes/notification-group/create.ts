import { newId } from '@basalt/service';
import { change } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { nameTaken } from '../../identity/account-refusal.ts';
import type { Parts } from '../../parts.ts';
import { notificationGroupAdd } from '../../store/log-rule-store.ts';
import { isUniqueViolation } from '../../store/unique.ts';
import { emailsOnce, groupTold } from './group-shape.ts';

export const notificationGroupCreate = (_parts: Parts): OwnDeed<'notificationGroup', 'create'> =>
  change(async ({ input: { name, emails }, work }) => {
    const id = newId();
    const row = { id, name, emails: emailsOnce(emails) };
    await notificationGroupAdd(work.tx, row).catch((error: unknown) => {
      throw isUniqueViolation(error) ? nameTaken(name, 'name') : error;
    });
    work.resource('notificationGroup', id, name);
    work.detail({ emails: row.emails });
    return groupTold(work.tx, id);
  });
