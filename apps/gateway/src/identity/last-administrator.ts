/** Somebody must always be able to administer the platform (IAM-06): the last one who can keeps it, whatever is done. */
import { BasaltError, both } from '@basalt/contract';
import { dutySeparationNow, rightsLock, rolesHeld, type HeldRole } from '../store/role-store.ts';
import type { Transaction } from '../store/database.ts';
import { duties, roleLabel, type Duty } from './duty-rules.ts';

export type Post = 'systemAdmin' | Duty;

/** What is done to the administrator, as the end of "cannot be …". */
export const doings = {
  freeze: both('冻结', 'frozen'),
  delete: both('删除', 'deleted'),
  demote: both('降级', 'demoted'),
  leaveGroup: both('移出账号组', 'taken out of the group'),
  changeGroup: both('通过账号组降级', 'demoted by a change of its group'),
  limit: both('由他人限制登录来源或时段', 'limited by somebody else to addresses or hours'),
  deleteGroup: both('随账号组的删除而降级', 'demoted by the deletion of its group'),
} as const;

/**
 * Posts that some active account fills, by its own binding or by a group's. While duties are separated there are three, and
 * whoever is system administrator has the first of them.
 */
export function postsFilled(held: readonly HeldRole[], separated: boolean): Set<Post> {
  const active = held.filter(({ frozen, level, scope }) => !frozen && level === 'system' && scope === null);
  const has = (role: Post): boolean => active.some((one) => one.role === role);
  if (!separated) return new Set<Post>(has('systemAdmin') ? ['systemAdmin'] : []);
  return new Set<Post>(duties.filter((duty) => has(duty) || (duty === 'dutySystemAdmin' && has('systemAdmin'))));
}

const postsNow = async (tx: Transaction): Promise<Set<Post>> =>
  postsFilled(await rolesHeld(tx, null), await dutySeparationNow(tx));

/**
 * Runs a change of rights, alone among all such changes, and refuses it when it leaves a post without an active account.
 * @throws BasaltError lastAdministrator; what the change throws.
 */
export async function administratorsKept<T>(
  tx: Transaction,
  doing: keyof typeof doings,
  change: () => Promise<T>,
): Promise<T> {
  await rightsLock(tx);
  const before = await postsNow(tx);
  const result = await change();
  const after = await postsNow(tx);
  for (const post of before)
    if (!after.has(post))
      throw new BasaltError('lastAdministrator', { role: roleLabel(post, null), action: doings[doing] });
  return result;
}

/**
 * Whether somebody may be limited to addresses or hours by another: not the last one of a post, of whom nobody knows where he
 * is. He limits himself, where he is let in.
 * @throws BasaltError lastAdministrator.
 */
export async function lastUnlimitedDemand(tx: Transaction, accountId: string): Promise<void> {
  await rightsLock(tx);
  const held = await rolesHeld(tx, null);
  const separated = await dutySeparationNow(tx);
  const others = postsFilled(
    held.filter((one) => one.accountId !== accountId),
    separated,
  );
  for (const post of postsFilled(held, separated))
    if (!others.has(post))
      throw new BasaltError('lastAdministrator', { role: roleLabel(post, null), action: doings.limit });
}
