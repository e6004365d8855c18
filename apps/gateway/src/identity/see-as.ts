/**
 * "See as this account" (IAM-04): whoever may read accounts looks at the platform with another account's
 * rights, which must not exceed his own. It is for looking only: what changes something keeps its sender's name, so that the
 * log tells who tried, and is refused where access is decided (http/authorise.ts).
 */
import type { IncomingMessage } from 'node:http';
import { accountId, BasaltError, type AccountId } from '@basalt/contract';
import { permissionMissing } from '../http/authorise.ts';
import type { Parts } from '../parts.ts';
import { accountById } from '../store/account-store.ts';
import { accountRights } from '../store/role-store.ts';
import { notFound } from './account-refusal.ts';
import { effectiveOf, everyPermission } from './effective.ts';
import { exceeding } from './grants.ts';
import type { SignedIn } from './signed-in.ts';

export const SEE_AS_HEADER = 'x-basalt-see-as';

type Asking = Pick<IncomingMessage, 'headers' | 'method'>;

/** Whom a request asks to see as by its header; null without it. */
export const seeAsAsked = ({ headers }: Asking): string | null => {
  const asked = headers[SEE_AS_HEADER];
  return asked === undefined ? null : String(asked);
};

/**
 * The session with the rights of the account that is asked for; the session itself when none is.
 * @throws BasaltError permissionMissing for who may not read accounts, or when the account may do more than he; notFound.
 */
export async function seenAs(
  parts: Pick<Parts, 'db'>,
  request: Asking,
  session: SignedIn,
  asked = seeAsAsked(request),
): Promise<SignedIn> {
  if (asked === null || session.mustChangePassword) return session;
  if (!session.permissions.has('account:read')) throw permissionMissing('account:read');
  const id = accountId.safeParse(asked);
  const account = id.success ? await accountById(parts.db, id.data) : null;
  const found = account && (await accountRights(parts.db, account.id));
  if (!account || !found) throw notFound('account');
  const seeAs = { id: account.id as AccountId, name: account.name, email: account.email };
  // every query is a GET; anything else is refused, in the name of who sends it
  if (request.method !== 'GET') return { ...session, seeAs };

  const effective = effectiveOf(found.level, found.bindings);
  const further = exceeding(session, effective);
  if (further) throw permissionMissing(further);
  const regions = found.level === 'system' ? null : new Set(found.regions);
  if (session.regions && (regions === null || ![...regions].every((key) => session.regions?.has(key))))
    throw new BasaltError('notFound', { kind: 'region' });
  return {
    ...session,
    accountId: seeAs.id,
    email: seeAs.email,
    name: seeAs.name,
    level: found.level,
    ...effective,
    vouched: effective.permissions.size === everyPermission ? '*' : [...effective.permissions],
    regions,
    seeAs,
  };
}
