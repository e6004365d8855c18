import { change } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { accountsChanged } from '../../identity/account-changed.ts';
import { notFound } from '../../identity/account-refusal.ts';
import type { Parts } from '../../parts.ts';
import { sessionEnd, sessionRowsOf } from '../../store/session-store.ts';
import { accountOrThrow, notIdleSince } from './account-shape.ts';

/** Ends one session; whoever sits there is told why. */
export const accountEndSession = (parts: Parts): OwnDeed<'account', 'endSession'> =>
  change(async ({ input, work }) => {
    const account = await accountOrThrow(work.tx, input.id);
    work.resource('account', account.id, account.name);
    const open = await sessionRowsOf(work.tx, account.id, notIdleSince(parts));
    const found = open.find(({ id }) => id === input.sessionId);
    if (!found || !(await sessionEnd(work.tx, found.id, 'endedByAdministrator')))
      throw notFound('session', 'sessionId');
    work.detail({ session: found.id, address: found.address, client: found.client });
    accountsChanged(parts, work, [account.id], [found.id]);
    return {};
  });
