import type { SessionId } from '@basalt/contract';
import { read } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import type { Parts } from '../../parts.ts';
import { sessionRowsOf } from '../../store/session-store.ts';
import { accountOrThrow, notIdleSince } from './account-shape.ts';

export const accountSessions = (parts: Parts): OwnDeed<'account', 'sessions'> =>
  read(async ({ input, ctx }) => {
    await accountOrThrow(parts.db, input.id);
    const rows = await sessionRowsOf(parts.db, input.id, notIdleSince(parts));
    return {
      items: rows.map((row) => ({
        id: row.id as SessionId,
        address: row.address,
        client: row.client,
        createdAt: row.createdAt.toISOString(),
        lastSeenAt: row.lastSeenAt.toISOString(),
        expiresAt: parts.sessions
          .expiryOf({ lastSeenAt: row.lastSeenAt.getTime(), absoluteEnd: row.absoluteEnd.getTime() })
          .toISOString(),
        current: row.id === ctx.session?.sessionId,
      })),
    };
  });
