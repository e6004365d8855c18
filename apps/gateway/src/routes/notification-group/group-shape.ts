import type { NotificationGroup } from '@basalt/contract';
import { BasaltError, both } from '@basalt/contract';
import type { Transaction } from '../../store/database.ts';
import { notificationGroupOf, rulesUsing, type GroupRow } from '../../store/log-rule-store.ts';

export const groupShape = ({
  id,
  name,
  emails,
  createdAt,
  rules,
}: GroupRow & { readonly rules: number }): NotificationGroup => ({
  id: id as NotificationGroup['id'],
  name,
  emails,
  rules,
  createdAt: createdAt.toISOString(),
});

/** Each address once, as typed first. */
export const emailsOnce = (emails: readonly string[]): string[] => [...new Set(emails)];

/** @throws BasaltError notFound. */
export async function groupOrThrow(tx: Transaction, id: string): Promise<GroupRow> {
  const group = await notificationGroupOf(tx, id);
  if (!group) throw new BasaltError('notFound', { kind: both('通知组', 'notification group') });
  return group;
}

export const groupTold = async (tx: Transaction, id: string): Promise<NotificationGroup> =>
  groupShape({ ...(await groupOrThrow(tx, id)), rules: (await rulesUsing(tx, id)).length });
