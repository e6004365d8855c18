/** Entries of the operation log about sessions that end without anybody asking. */
import { inArray } from 'drizzle-orm';
import { newId } from '@basalt/service';
import type { Executor } from '../store/database.ts';
import { operationLogAdd } from '../store/operation-log-store.ts';
import { accounts } from '../store/schema.ts';
import type { EndedSession } from '../store/session-store.ts';

type Ended = EndedSession & { readonly accountName?: string };

/** Tells of sessions that nobody has used for too long. */
export async function idleEntryAdd(tx: Executor, ended: readonly Ended[]): Promise<void> {
  if (ended.length === 0) return;
  const ids = [...new Set(ended.filter(({ accountName }) => !accountName).map(({ accountId }) => accountId))];
  const named =
    ids.length > 0
      ? await tx.select({ id: accounts.id, name: accounts.name }).from(accounts).where(inArray(accounts.id, ids))
      : [];
  const names = new Map(named.map(({ id, name }) => [id, name]));
  const requestId = newId();
  await operationLogAdd(
    tx,
    ...ended.map(
      ({ id, accountId, accountName, address, client }) =>
        ({
          operation: 'session.expireIdle',
          accountId,
          accountName: accountName ?? names.get(accountId) ?? '',
          via: 'platform',
          address,
          client,
          requestId,
          result: 'succeeded',
          detail: { session: id },
        }) as const,
    ),
  );
}
