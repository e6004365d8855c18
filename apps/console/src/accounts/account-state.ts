/** What an account's state is called, from the facts that the platform tells of it. */
import type { Account } from '@basalt/contract';
import type { StateTone } from '@basalt/ui';

export const accountStates = ['active', 'frozen', 'locked'] as const;
export type AccountState = (typeof accountStates)[number];

export const accountTones: Record<AccountState, StateTone> = { active: 'ok', frozen: 'off', locked: 'warn' };

/** Frozen by an administrator counts before locked by wrong passwords, because the lock passes by itself. */
export function accountState(account: Pick<Account, 'frozen' | 'lockedUntil'>, now: number): AccountState {
  if (account.frozen) return 'frozen';
  return account.lockedUntil !== null && Date.parse(account.lockedUntil) > now ? 'locked' : 'active';
}
