/** The operation log: inserted in the transaction of what it tells, never changed. */
import type { ActorAssertion, TaskId } from '@basalt/contract';
import type { Tx } from './database.ts';
import { operationLog } from './schema/index.ts';

export interface OperationEntry {
  readonly operation: string;
  readonly resource: { readonly kind: string; readonly id: string; readonly name: string };
  readonly taskId?: TaskId | null;
  /** What was asked for, without secrets. */
  readonly details?: Record<string, unknown>;
}

export async function operationInsert(
  tx: Tx,
  actor: ActorAssertion,
  entries: readonly OperationEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  await tx.insert(operationLog).values(
    entries.map((entry) => ({
      operation: entry.operation,
      accountId: actor.sub,
      accountName: actor.name,
      address: actor.address,
      client: actor.client,
      requestId: actor.requestId,
      resourceKind: entry.resource.kind,
      resourceId: entry.resource.id,
      resourceName: entry.resource.name,
      taskId: entry.taskId ?? null,
      details: entry.details ?? {},
    })),
  );
}
