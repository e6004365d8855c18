import type { ApiKeyId, LoginPolicy } from '@basalt/contract';
import type { ApiKeyFacts } from '../store/api-key-store.ts';
import type { SessionRow } from '../store/session-store.ts';
import { effectiveOf, everyPermission } from './effective.ts';
import { signedInOf, type SignedIn } from './signed-in.ts';

/** Told as the end of a key's "session": long enough for every stream, and never reached by a request. */
const DAY_MS = 86_400_000;

/** A signed request's sender: the account as a session would have it, narrowed to what the key was given. */
export function keySignedInOf({ key, account, bindings }: ApiKeyFacts, policy: LoginPolicy): SignedIn {
  const now = new Date();
  const session: SessionRow = {
    id: key.id,
    tokenHash: Buffer.alloc(0),
    accountId: account.id,
    origin: 'signIn',
    address: '',
    client: '',
    createdAt: now,
    lastSeenAt: now,
    absoluteEnd: new Date(now.getTime() + DAY_MS),
    // no password was typed, so there is nothing to judge; an expired one is judged by its age
    passwordComplies: true,
    endedAt: null,
    endReason: null,
    previousSignInAt: account.lastSignInAt,
    previousSignInAddress: account.lastSignInAddress,
  };
  const effective = effectiveOf(account.level, bindings, key.permissions);
  const base = signedInOf({ session, account, bindings }, policy);
  return {
    ...base,
    ...effective,
    vouched: effective.permissions.size === everyPermission ? '*' : [...effective.permissions],
    apiKeyId: key.id as ApiKeyId,
    rightsKey: `${base.rightsKey}/${JSON.stringify(key.permissions)}`,
  };
}
