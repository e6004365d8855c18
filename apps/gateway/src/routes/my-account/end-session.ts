import { change } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { notFound } from '../../identity/account-refusal.ts';
import { sessionsGone } from '../../identity/session-open.ts';
import type { Parts } from '../../parts.ts';
import { sessionEnd, sessionRowsOf } from '../../store/session-store.ts';
import { notIdleSince } from '../account/account-shape.ts';
import { signedInOrThrow } from '../session/current-session.ts';

/** Ends a session of one's own; whoever sits there is told. */
export const myAccountEndSession = (parts: Parts): OwnDeed<'myAccount', 'endSession'> =>
  change(async ({ input: { id }, ctx, work }) => {
    const { accountId, name } = signedInOrThrow(ctx);
    work.resource('account', accountId, name);
    const open = await sessionRowsOf(work.tx, accountId, notIdleSince(parts));
    const found = open.find((row) => row.id === id);
    if (!found || !(await sessionEnd(work.tx, found.id, 'ended'))) throw notFound('session', 'id');
    work.detail({ session: found.id, address: found.address, client: found.client });
    work.after(() => sessionsGone(parts, accountId, [found.id]));
    return {};
  });
