/** The second step of signing in (IAM-13). */
import { BasaltError } from '@basalt/contract';
import type { Parts } from '../parts.ts';
import { accountById } from '../store/account-store.ts';
import { operationLogAdd, type LogEntry } from '../store/operation-log-store.ts';
import { ticketTake, ticketTry } from '../store/ticket-store.ts';
import { callerEntry, type Caller } from './caller.ts';
import { accountNotice } from './account-mail.ts';
import { recoveryCodeUsedMail } from './mail-texts.ts';
import { codeConfirm } from './password-confirm.ts';
import { sessionOpen, sessionsGone } from './session-open.ts';
import { limitsCheck } from './sign-in.ts';
import { tokenHash } from './token.ts';

/**
 * @returns the token of a new session.
 * @throws BasaltError notSignedIn when the ticket is unknown, too old, tried too often, of another address, or from before a
 * change of the password: the first step is to be done again; codeInvalid, accountLocked, sourceRefused, hoursRefused.
 */
export async function totpVerify(
  parts: Parts,
  given: { ticket: string; code: string },
  caller: Caller,
): Promise<string> {
  const hash = tokenHash(given.ticket);
  const ticket = await ticketTry(parts.db, hash, caller.address);
  const account = ticket && (await accountById(parts.db, ticket.accountId));
  if (!account || account.frozen || account.totpSecret === null || account.passwordChangedAt > ticket.createdAt)
    throw new BasaltError('notSignedIn');
  await limitsCheck(parts, account, caller);
  const entry = { ...callerEntry(caller), accountId: account.id, accountName: account.name } as const;
  const taken = await codeConfirm(parts, { account, caller }, given.code).catch(async (error: unknown) => {
    if (error instanceof BasaltError) await failureAdd(parts, entry, error);
    throw error;
  });
  const { token, ended } = await parts.db.transaction(async (tx) => {
    if (!(await ticketTake(tx, hash))) throw new BasaltError('notSignedIn');
    if (taken.method === 'recoveryCode')
      await accountNotice(
        parts,
        tx,
        account,
        recoveryCodeUsedMail(taken.left, { email: account.email, address: caller.address }),
      );
    return sessionOpen(parts, tx, {
      account,
      caller,
      locale: ticket.locale,
      passwordComplies: ticket.passwordComplies,
      entries: [{ ...entry, operation: 'session.verifyTotp', result: 'succeeded', detail: taken }],
    });
  });
  sessionsGone(parts, account.id, ended);
  return token;
}

async function failureAdd(
  { db }: Parts,
  entry: Omit<LogEntry, 'operation' | 'result'>,
  { code, params }: BasaltError,
): Promise<void> {
  await db.transaction((tx) =>
    operationLogAdd(tx, {
      ...entry,
      operation: 'session.verifyTotp',
      result: 'failed',
      error: code,
      errorParams: { ...params },
    }),
  );
}
