/** The operation log (AUD-01): inserted in the transaction of what it tells, never changed, handed on to the gateway. */
import { and, asc, eq, gt, max, sql } from 'drizzle-orm';
import {
  REGION_LOG_LIMIT,
  type ActorAssertion,
  type ErrorShape,
  type RegionLogPage,
  type TaskId,
  type TaskState,
} from '@basalt/contract';
import type { Reader } from './database.ts';
import { operationLog } from './schema/index.ts';
import type { OperationRow, Work } from './transact.ts';

export interface OperationEntry {
  readonly operation: string;
  readonly resource: { readonly kind: string; readonly id: string; readonly name: string };
  readonly taskId?: TaskId | null;
  /** What was asked for, without secrets; of a change, `{field: {from, to}}`. */
  readonly details?: Record<string, unknown>;
}

export const operationRow = (
  actor: ActorAssertion,
  requestId: string,
  entry: OperationEntry,
): OperationRow & { readonly result: 'accepted' | 'succeeded' } => ({
  operation: entry.operation,
  accountId: actor.sub,
  accountName: actor.name,
  via: actor.via,
  apiKeyId: actor.apiKeyId,
  address: actor.address,
  client: actor.client,
  requestId,
  resourceKind: entry.resource.kind,
  resourceId: entry.resource.id,
  resourceName: entry.resource.name,
  taskId: entry.taskId ?? null,
  result: entry.taskId ? 'accepted' : 'succeeded',
  details: entry.details ?? {},
});

/** How a task ended, told about every entry that waits for it. */
export async function operationsEnd(
  work: Work,
  taskId: TaskId,
  state: Extract<TaskState, 'succeeded' | 'failed' | 'cancelled' | 'parked'>,
  error: Pick<ErrorShape, 'code' | 'params'> | null,
): Promise<void> {
  const waiting = await work.tx
    .select()
    .from(operationLog)
    .where(
      and(
        eq(operationLog.taskId, taskId),
        eq(operationLog.result, 'accepted'),
        sql`not exists (select 1 from operation_log as told where told.about = ${operationLog.id})`,
      ),
    );
  for (const { id, at: _at, ...row } of waiting)
    work.operation({
      ...row,
      about: id,
      details: {},
      result: state === 'succeeded' ? 'succeeded' : 'failed',
      error: state === 'succeeded' ? null : (error?.code ?? 'internal'),
      errorParams: state === 'succeeded' ? null : { ...error?.params },
    });
}

/** Entries behind `after`, oldest first, as the gateway takes them over. */
export async function operationFeed(db: Reader, after: number, limit: number): Promise<RegionLogPage> {
  const rows = await db
    .select()
    .from(operationLog)
    .where(gt(operationLog.id, after))
    .orderBy(asc(operationLog.id))
    .limit(Math.min(limit, REGION_LOG_LIMIT));
  const [head] = await db.select({ id: max(operationLog.id) }).from(operationLog);
  return {
    entries: rows.map(({ at, resourceKind: kind, resourceId: id, resourceName: name, details, ...row }) => ({
      ...row,
      at: at.toISOString(),
      resources: kind === '' ? [] : [{ kind, id, name }],
      detail: details,
    })),
    head: head?.id ?? 0,
  };
}
