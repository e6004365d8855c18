/**
 * The password or a code asked for once more within a session: a session that was stolen must not become a way to guess
 * them, so wrong tries count like those at sign-in.
 */
import { BasaltError } from '@basalt/contract';
import type { Parts } from '../parts.ts';
import { accountById, type AccountRow } from '../store/account-store.ts';
import { signInFailureNote, signInTryReturn, signInTryTake } from '../store/sign-in-guard-store.ts';
import type { Database } from '../store/database.ts';
import { operationLogAdd } from '../store/operation-log-store.ts';
import { accountLocked, callerEntry, type Caller } from './caller.ts';
import { passwordVerify } from './password-hash.ts';
import { codeTake, type CodeTaken } from './totp-take.ts';

interface Asked {
  readonly account: AccountRow;
  readonly caller: Caller;
}

/** @throws BasaltError accountLocked; `refusal` when the check fails. */
async function guarded<T>(
  { db, policy }: Parts,
  { account, caller }: Asked,
  check: () => Promise<T | null>,
  refusal: BasaltError,
): Promise<T> {
  const now = new Date();
  const { email } = account;
  const taken = await signInTryTake(db, { email, rule: policy.now().lockout, now });
  if (taken.kind === 'locked') throw accountLocked(taken.until, now);
  const found = await check();
  if (found === null) {
    await failureNote(db, { account, caller }, taken.kind === 'taken' ? taken.lockedUntil : null);
    throw refusal;
  }
  await signInTryReturn(db, email);
  return found;
}

/** The call's own entry tells of the refusal; here it is told that the account is locked now. */
async function failureNote(db: Database, { account, caller }: Asked, lockedUntil: Date | null): Promise<void> {
  await db.transaction(async (tx) => {
    await signInFailureNote(tx, account.email, caller.address, new Date());
    if (!lockedUntil) return;
    await operationLogAdd(tx, {
      ...callerEntry(caller),
      operation: 'session.lockOut',
      accountId: account.id,
      accountName: account.name,
      result: 'failed',
      error: 'accountLocked',
      detail: { email: account.email, until: lockedUntil.toISOString() },
    });
  });
}

/**
 * The account whose present password this is.
 * @param field input field that an error belongs to.
 * @throws BasaltError accountLocked, wrongCredentials, notSignedIn when the account is gone.
 */
export async function passwordConfirm(
  parts: Parts,
  { accountId, password, field }: { accountId: string; password: string; field: string },
  caller: Caller,
): Promise<AccountRow> {
  const account = await accountById(parts.db, accountId);
  if (!account) throw new BasaltError('notSignedIn');
  const check = async () => ((await passwordVerify(account.passwordHash, password)) ? account : null);
  return guarded(parts, { account, caller }, check, new BasaltError('wrongCredentials', {}, { field }));
}

/** Takes a code of the account's app or one of its recovery codes. @throws BasaltError accountLocked, codeInvalid. */
export const codeConfirm = (parts: Parts, asked: Asked, code: string): Promise<CodeTaken> =>
  guarded(
    parts,
    asked,
    () => codeTake(parts, asked.account, code),
    new BasaltError('codeInvalid', {}, { field: 'code' }),
  );
