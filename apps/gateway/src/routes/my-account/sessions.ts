import { read } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { sessionView } from '../../identity/session-view.ts';
import type { Parts } from '../../parts.ts';
import { sessionRowsOf } from '../../store/session-store.ts';
import { notIdleSince } from '../account/account-shape.ts';
import { signedInOrThrow } from '../session/current-session.ts';

export const myAccountSessions = (parts: Parts): OwnDeed<'myAccount', 'sessions'> =>
  read(async ({ ctx }) => {
    const { accountId, sessionId } = signedInOrThrow(ctx);
    const rows = await sessionRowsOf(parts.db, accountId, notIdleSince(parts));
    return { items: rows.map((row) => sessionView(parts, row, sessionId)) };
  });
