/**
 * Signing in. An account that does not exist and a password that is wrong go through the same statements and the same
 * hashing, so that neither text nor time tells them apart; both lock alike, and both ask for the same work.
 */
import { BasaltError, passwordRuleBroken, type Locale } from '@basalt/contract';
import type { Parts } from '../parts.ts';
import { accountByEmail, type AccountRow } from '../store/account-store.ts';
import { operationLogAdd } from '../store/operation-log-store.ts';
import { signInFailureNote, signInTryReturn, signInTryTake } from '../store/sign-in-guard-store.ts';
import { ticketAdd } from '../store/ticket-store.ts';
import { accountLocked, callerEntry, type Caller } from './caller.ts';
import { challengeAnswered, challengeRequired, type ChallengeAnswer } from './challenge.ts';
import { passwordVerify } from './password-hash.ts';
import { sessionOpen, sessionsGone } from './session-open.ts';
import { limitsOf } from './signed-in.ts';
import { sourceDenied } from './source-denied.ts';
import { limitsRefusal } from './source-limits.ts';
import { tokenCreate, tokenHash } from './token.ts';
import { turnsOpen } from './turns.ts';

const TICKET_MS = 5 * 60_000;

export interface Credentials {
  /** In lower case. */
  readonly email: string;
  readonly password: string;
  readonly locale?: Locale | undefined;
  readonly challenge?: ChallengeAnswer | undefined;
}

/** A session's token, or a ticket for the second step. */
export type SignInStep =
  | { readonly step: 'done'; readonly token: string }
  | { readonly step: 'totp'; readonly ticket: string; readonly expiresAt: Date };

/** A try counts as wrong until its password has been looked at, so those at the same moment wait for each other. */
const turn = turnsOpen();

/**
 * @throws BasaltError wrongCredentials, accountLocked and challengeRequired (also for addresses that no account has);
 * sourceRefused and hoursRefused once the password was right; tooManyRequests.
 */
export const signIn = (parts: Parts, given: Credentials, caller: Caller): Promise<SignInStep> =>
  turn(given.email, () => signInNow(parts, given, caller));

async function signInNow(parts: Parts, given: Credentials, caller: Caller): Promise<SignInStep> {
  const { lockedUntil } = await tryTake(parts, given, caller);
  const account = await accountByEmail(parts.db, given.email);
  const right = await passwordVerify(account?.passwordHash ?? null, given.password);
  if (!account || !right || account.frozen) throw await wrong(parts, { given, account, lockedUntil }, caller);
  await limitsCheck(parts, account, caller).catch(async (refusal: unknown) => {
    await signInTryReturn(parts.db, account.email);
    throw refusal;
  });
  return account.totpSecret === null ? done(parts, account, given, caller) : ticket(parts, account, given, caller);
}

/** @throws BasaltError accountLocked, challengeRequired. */
async function tryTake(
  { db, seal, settings, policy }: Parts,
  { email, challenge }: Credentials,
  caller: Caller,
): Promise<{ readonly lockedUntil: Date | null }> {
  const now = new Date();
  const taken = await signInTryTake(db, {
    email,
    rule: policy.now().lockout,
    now,
    challenge: {
      after: settings.challenge.after,
      isAnswered: (tx) => challengeAnswered(tx, seal, email, challenge),
    },
  });
  if (taken.kind === 'taken') return taken;
  if (taken.kind === 'challenge') throw challengeRequired(seal, settings.challenge, email);
  await db.transaction((tx) =>
    operationLogAdd(tx, {
      ...callerEntry(caller),
      operation: 'session.signInFailed',
      accountName: email,
      result: 'failed',
      error: 'accountLocked',
      detail: { email },
    }),
  );
  throw accountLocked(taken.until, now);
}

interface WrongTry {
  readonly given: Credentials;
  readonly account: AccountRow | null;
  readonly lockedUntil: Date | null;
}

/** Writes a wrong try down. A frozen account's right password is none: whoever has it learns nothing. */
async function wrong({ db }: Parts, { given, account, lockedUntil }: WrongTry, caller: Caller): Promise<BasaltError> {
  await db.transaction(async (tx) => {
    await signInFailureNote(tx, given.email, caller.address, new Date());
    await operationLogAdd(tx, {
      ...callerEntry(caller),
      operation: lockedUntil ? 'session.lockOut' : 'session.signInFailed',
      accountId: account?.id ?? null,
      accountName: account?.name ?? given.email,
      result: 'failed',
      error: 'wrongCredentials',
      detail: { email: given.email, ...(lockedUntil ? { until: lockedUntil.toISOString() } : {}) },
    });
  });
  return new BasaltError('wrongCredentials');
}

/** @throws BasaltError sourceRefused, hoursRefused. */
export async function limitsCheck(parts: Parts, account: AccountRow, caller: Caller): Promise<void> {
  const refusal = limitsRefusal(limitsOf(account), caller.address);
  if (!refusal) return;
  await sourceDenied(parts, refusal, { ...caller, account: { accountId: account.id, name: account.name } });
  throw refusal;
}

const complies = ({ policy }: Parts, password: string): boolean =>
  passwordRuleBroken(password, policy.now().password) === null;

async function done(parts: Parts, account: AccountRow, given: Credentials, caller: Caller): Promise<SignInStep> {
  const { token, ended } = await parts.db.transaction((tx) =>
    sessionOpen(parts, tx, {
      account,
      caller,
      locale: given.locale,
      passwordComplies: complies(parts, given.password),
    }),
  );
  sessionsGone(parts, account.id, ended);
  return { step: 'done', token };
}

/** The password was right; wrong tries are forgotten only when the code is too. */
async function ticket(parts: Parts, account: AccountRow, given: Credentials, caller: Caller): Promise<SignInStep> {
  const made = tokenCreate();
  const expiresAt = new Date(Date.now() + TICKET_MS);
  await parts.db.transaction(async (tx) => {
    await signInTryReturn(tx, account.email);
    await ticketAdd(tx, {
      ticketHash: tokenHash(made),
      accountId: account.id,
      address: caller.address,
      passwordComplies: complies(parts, given.password),
      locale: given.locale ?? null,
      expiresAt,
    });
  });
  return { step: 'totp', ticket: made, expiresAt };
}
