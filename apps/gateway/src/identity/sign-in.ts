/**
 * Signing in. An account that does not exist and a password that is wrong go through the same statements and the same
 * hashing, so that neither text nor time tells them apart; both lock alike.
 */
import { BasaltError, type Locale } from '@basalt/contract';
import { newId, type Logger } from '@basalt/service';
import { accountByEmail, accountChange, type AccountRow } from '../store/account-store.ts';
import type { Database } from '../store/database.ts';
import { operationLogAdd } from '../store/operation-log-store.ts';
import { sessionAdd, sessionEnd, sessionsOpenOf } from '../store/session-store.ts';
import { signInFailureCount, signInFailuresForget, signInLockedUntil } from '../store/sign-in-guard-store.ts';
import { passwordVerify } from './password-hash.ts';
import type { SecuritySettings } from './security-settings.ts';
import type { SessionRegistry } from './session-registry.ts';
import { tokenCreate, tokenHash } from './token.ts';

export interface Caller {
  readonly address: string;
  readonly client: string;
  readonly requestId: string;
}

export interface SignInParts {
  readonly db: Database;
  readonly settings: SecuritySettings;
  readonly sessions: SessionRegistry;
  readonly log: Logger;
}

const callerEntry = ({ address, client, requestId }: Caller) =>
  ({ address, client, requestId, via: 'console' }) as const;

const minutesUntil = (until: Date, now: Date): number =>
  Math.max(1, Math.ceil((until.getTime() - now.getTime()) / 60_000));

/**
 * @returns the token of a new session.
 * @throws BasaltError wrongCredentials, accountLocked (also for addresses that no account has).
 */
export async function signIn(
  parts: SignInParts,
  given: { readonly email: string; readonly password: string; readonly locale?: Locale | undefined },
  caller: Caller,
): Promise<string> {
  const { db, settings } = parts;
  const now = new Date();
  const entry = { ...callerEntry(caller), detail: { email: given.email } };
  const locked = await signInLockedUntil(db, given.email, now);
  if (locked) {
    await operationLogAdd(db, {
      ...entry,
      operation: 'session.signInFailed',
      accountName: given.email,
      result: 'failed',
      error: 'accountLocked',
    });
    throw new BasaltError('accountLocked', { minutes: minutesUntil(locked, now) });
  }
  const account = await accountByEmail(db, given.email);
  const right = await passwordVerify(account?.passwordHash ?? null, given.password);
  if (!account || !right || account.frozen) {
    const until = await signInFailureCount(db, given.email, settings.lockout, now);
    await operationLogAdd(db, {
      ...entry,
      operation: until ? 'session.lockOut' : 'session.signInFailed',
      accountId: account?.id ?? null,
      accountName: account?.name ?? given.email,
      result: 'failed',
      error: 'wrongCredentials',
    });
    throw new BasaltError('wrongCredentials');
  }
  return sessionOpen(parts, account, caller, { locale: given.locale, now });
}

async function sessionOpen(
  { db, settings, sessions }: SignInParts,
  account: AccountRow,
  caller: Caller,
  { locale, now }: { readonly locale: Locale | undefined; readonly now: Date },
): Promise<string> {
  const token = tokenCreate();
  const ended = await db.transaction(async (tx) => {
    await signInFailuresForget(tx, account.email);
    const id = newId();
    await sessionAdd(tx, {
      id,
      tokenHash: tokenHash(token),
      accountId: account.id,
      origin: 'signIn',
      address: caller.address,
      client: caller.client,
      lastSeenAt: now,
      absoluteEnd: new Date(now.getTime() + settings.session.absoluteHours * 3_600_000),
      previousSignInAt: account.lastSignInAt,
      previousSignInAddress: account.lastSignInAddress,
    });
    await accountChange(tx, account.id, {
      lastSignInAt: now,
      lastSignInAddress: caller.address,
      ...(locale ? { locale } : {}),
    });
    await operationLogAdd(tx, {
      operation: 'session.signIn',
      ...callerEntry(caller),
      accountId: account.id,
      accountName: account.name,
      result: 'succeeded',
      detail: { session: id },
    });
    const open = await sessionsOpenOf(tx, account.id, new Date(now.getTime() - settings.session.idleMinutes * 60_000));
    const surplus = open.slice(0, Math.max(0, open.length - settings.session.maxPerAccount));
    for (const { id: old } of surplus) await sessionEnd(tx, old, 'tooMany');
    return surplus.map(({ id: old }) => old);
  });
  sessions.forget(ended, true);
  return token;
}
