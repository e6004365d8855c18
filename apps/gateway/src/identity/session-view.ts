import type { AccountSession, SessionId } from '@basalt/contract';
import type { Parts } from '../parts.ts';
import type { SessionRow } from '../store/session-store.ts';

/** An open session as its holder or an administrator sees it. `current`: the one that asks. */
export const sessionView = (
  { sessions }: Pick<Parts, 'sessions'>,
  { id, address, client, createdAt, lastSeenAt, absoluteEnd }: SessionRow,
  current: string,
): AccountSession => ({
  id: id as SessionId,
  address,
  client,
  createdAt: createdAt.toISOString(),
  lastSeenAt: lastSeenAt.toISOString(),
  expiresAt: sessions.expiryOf({ lastSeenAt: lastSeenAt.getTime(), absoluteEnd: absoluteEnd.getTime() }).toISOString(),
  current: id === current,
});
