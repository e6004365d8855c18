/** A sign-in that has succeeded: the session, what it ends, and what the log tells of it. */
import type { Locale } from '@basalt/contract';
import { newId } from '@basalt/service';
import type { Parts } from '../parts.ts';
import { accountChange, type AccountRow } from '../store/account-store.ts';
import type { Transaction } from '../store/database.ts';
import { operationLogAdd, type LogEntry } from '../store/operation-log-store.ts';
import { sessionAdd, sessionEnd, sessionsOpenOf } from '../store/session-store.ts';
import { signInFailuresForget } from '../store/sign-in-guard-store.ts';
import { callerEntry, type Caller } from './caller.ts';
import { passwordReasonOf } from './signed-in.ts';
import { tokenCreate, tokenHash } from './token.ts';

export interface SessionWish {
  readonly account: AccountRow;
  readonly caller: Caller;
  /** Chosen before signing in; it becomes the account's. */
  readonly locale: Locale | null | undefined;
  /** Whether the password that was typed meets the present policy. */
  readonly passwordComplies: boolean;
  /** What the log tells before it. */
  readonly entries?: readonly LogEntry[];
  /** How it was signed in, for the log. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

/**
 * Opens a session in the caller's transaction. With one session at a time all others end, else the oldest beyond the limit.
 * @returns its token, and the ids of the sessions to forget after the commit.
 */
export async function sessionOpen(
  { policy, settings }: Pick<Parts, 'policy' | 'settings'>,
  tx: Transaction,
  { account, caller, locale, passwordComplies, entries = [], detail = {} }: SessionWish,
): Promise<{ readonly token: string; readonly ended: string[] }> {
  const token = tokenCreate();
  const id = newId();
  const now = new Date();
  const rules = policy.now();
  // first, because it locks the account's row: two sign-ins at the same moment count each other's sessions
  await accountChange(tx, account.id, {
    lastSignInAt: now,
    lastSignInAddress: caller.address,
    ...(locale ? { locale } : {}),
  });
  await signInFailuresForget(tx, account.email);
  await sessionAdd(tx, {
    id,
    tokenHash: tokenHash(token),
    accountId: account.id,
    origin: 'signIn',
    address: caller.address,
    client: caller.client,
    passwordComplies,
    lastSeenAt: now,
    absoluteEnd: new Date(now.getTime() + settings.session.absoluteHours * 3_600_000),
    previousSignInAt: account.lastSignInAt,
    previousSignInAddress: account.lastSignInAddress,
  });
  const open = await sessionsOpenOf(tx, account.id, new Date(now.getTime() - rules.session.idleMinutes * 60_000));
  const others = open.filter((each) => each.id !== id);
  const { single, maxPerAccount } = rules.session;
  const ended = single ? others : others.slice(0, Math.max(0, others.length + 1 - maxPerAccount));
  const reason = single ? 'replaced' : 'tooMany';
  for (const old of ended) await sessionEnd(tx, old.id, reason);

  const common = {
    ...callerEntry(caller),
    accountId: account.id,
    accountName: account.name,
    result: 'succeeded',
  } as const;
  const forced = passwordReasonOf({ origin: 'signIn', passwordComplies }, account, rules);
  await operationLogAdd(
    tx,
    ...entries,
    { ...common, operation: 'session.signIn', detail: { session: id, ...detail } },
    ...(forced ? [{ ...common, operation: 'session.forcePasswordChange', detail: { reason: forced } } as const] : []),
    ...ended.map(
      (old) =>
        ({
          ...common,
          operation: 'session.replaced',
          detail: { session: old.id, address: old.address, client: old.client, reason },
        }) as const,
    ),
  );
  return { token, ended: ended.map((old) => old.id) };
}

/** After the commit: what runs in the sessions that ended is closed, here and in the other gateway processes. */
export function sessionsGone({ sessions }: Pick<Parts, 'sessions'>, accountId: string, ended: readonly string[]): void {
  if (ended.length === 0) return;
  sessions.forget(ended, true);
  sessions.forgetAccount(accountId);
}
