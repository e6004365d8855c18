import { BasaltError, type CurrentSession, type RegionKey } from '@basalt/contract';
import type { GatewayContext } from '../../http/context.ts';
import type { SignedIn } from '../../identity/signed-in.ts';
import type { Parts } from '../../parts.ts';

/** @throws BasaltError notSignedIn. The door's `authorise` has asked already; this is for the type and the second look. */
export function signedInOrThrow(ctx: GatewayContext): SignedIn {
  if (!ctx.session) throw new BasaltError('notSignedIn');
  return ctx.session;
}

export function currentSessionOf(parts: Parts, session: SignedIn, ctx: GatewayContext): CurrentSession {
  const { accountId: id, email, name, level } = session;
  return {
    account: { id, email, name, level },
    permissions: [...session.permissions],
    ownPermissions: [...session.own],
    scopedPermissions: [...new Set(session.scoped.flatMap(({ permissions }) => permissions))],
    regions: parts.regions
      .all()
      .map(({ key }): RegionKey => key)
      .filter((key) => session.regions?.has(key) ?? true),
    mustChangePassword: session.mustChangePassword,
    passwordReason: session.passwordReason,
    seeAs: session.seeAs,
    locale: session.locale ?? ctx.locale,
    theme: session.theme,
    expiresAt: parts.sessions.expiryOf(session).toISOString(),
    lastSignIn: session.lastSignIn,
  };
}

/** The session as the database has it after a change. @throws BasaltError notSignedIn. */
export async function sessionAnew(parts: Parts, session: SignedIn): Promise<SignedIn> {
  parts.sessions.forget([session.sessionId], false);
  const found = await parts.sessions.reload(session.sessionId);
  if (!found) throw new BasaltError('notSignedIn');
  return found;
}
