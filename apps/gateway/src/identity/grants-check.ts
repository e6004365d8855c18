/**
 * Who may give what (IAM-05, IAM-18, IAM-22). Nobody gives away a permission that he does not have as widely himself: not by
 * a role, not by a group, not by changing a role that somebody holds.
 *
 * While duties are separated the security administrator is the exception: to hand out permissions is his duty, and to hold
 * them is what the separation denies him. He may grant what he does not have, but never to himself, be it directly, by a
 * group he is in or by a role he holds; and since all of it is in the operation log, which is the third one's, he is seen.
 */
import { BasaltError, both, permissionLabel, permissionTable, type Permission } from '@basalt/contract';
import type { Transaction } from '../store/database.ts';
import { accountRights, dutySeparationNow, type BindingFact } from '../store/role-store.ts';
import { effectiveOf, type Effective } from './effective.ts';
import { exceeding, grantOf } from './grants.ts';
import type { SignedIn } from './signed-in.ts';

export interface Grantor {
  readonly accountId: string;
  readonly rights: Effective;
  readonly separated: boolean;
  /** May grant to others what he does not have. */
  readonly isSecurityAdmin: boolean;
}

const handsOut = (Object.keys(permissionTable) as Permission[]).filter(
  (key) => key === 'account:bindRoles' || permissionTable[key].resource === 'role',
);

/** What the caller may give, as the database has it now: what was taken from him a moment ago he gives no more. */
export async function grantorOf(tx: Transaction, session: SignedIn): Promise<Grantor> {
  const found = await accountRights(tx, session.accountId);
  if (!found) throw new BasaltError('notSignedIn');
  const separated = await dutySeparationNow(tx);
  const rights = effectiveOf(found.level, found.bindings, [...session.may]);
  const isSecurityAdmin =
    separated &&
    found.bindings.some(({ role, scope }) => role === 'dutySecurityAdmin' && scope === null) &&
    handsOut.every((permission) => rights.permissions.has(permission));
  return { accountId: session.accountId, rights, separated, isSecurityAdmin };
}

const told = (permission: Permission): string => {
  const label = permissionLabel(permission);
  return both(`${label['zh-CN']}（${permission}）`, `${label['en-US']} (${permission})`);
};

/**
 * @param toHimself whether the grantor gains by it.
 * @throws BasaltError grantExceeds naming the first permission that goes too far.
 */
export function grantDemand(
  grantor: Grantor,
  bindings: readonly BindingFact[],
  { toHimself, field }: { readonly toHimself: boolean; readonly field: string },
): void {
  if (grantor.isSecurityAdmin && !toHimself) return;
  const permission = exceeding(grantor.rights, grantOf(bindings));
  if (permission) throw new BasaltError('grantExceeds', { permission: told(permission) }, { field });
}

/**
 * To give an account another password, or to lift its second factor, is to be able to become it.
 * @throws BasaltError permissionMissing naming what the account may do and the caller may not.
 */
export async function takeOverDemand(tx: Transaction, session: SignedIn, accountId: string): Promise<void> {
  const grantor = await grantorOf(tx, session);
  if (grantor.isSecurityAdmin) return;
  const target = await accountRights(tx, accountId);
  const permission = target && exceeding(grantor.rights, effectiveOf(target.level, target.bindings));
  if (permission) throw new BasaltError('permissionMissing', { permission: told(permission) });
}
