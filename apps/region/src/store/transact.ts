/**
 * One unit of work: a transaction that, beside its rows, says what changed. Outbox rows are written last and under one
 * advisory lock, because the live stream resumes by sequence number: were numbers drawn earlier, a slow transaction could
 * make a smaller number visible after a reader has passed it. Drawing them last also means that nobody waits for a row
 * while holding this lock, so it cannot be part of a deadlock.
 */
import { sql } from 'drizzle-orm';
import type { LiveEvent, ResourceEvent, TaskId } from '@basalt/contract';
import { postgresFailure, type Database, type Tx } from './database.ts';
import { operationLog, outbox, resourceEvents } from './schema/index.ts';

export type { Tx } from './database.ts';

const OUTBOX_LOCK = 7_340_002;
/** `LISTEN` on this to be woken after a commit that wrote to the outbox. */
export const OUTBOX_CHANNEL = 'basalt_outbox';

export interface EventInput {
  readonly kind: string;
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly level?: ResourceEvent['level'];
  readonly params?: ResourceEvent['params'];
  readonly taskId?: TaskId | null;
}

/** A row of the operation log; its number and, unless given, its time are made when it is written. */
export type OperationRow = Omit<typeof operationLog.$inferInsert, 'id'>;

export interface Work {
  readonly tx: Tx;
  /** Something was done by somebody (AUD-01). Domain functions log by `mutate`. */
  readonly operation: (row: OperationRow) => void;
  /** A resource changed: told to the live stream after the commit, once, however often it is said here. */
  readonly changed: (kind: LiveEvent['kind'], id: string, change?: LiveEvent['change']) => void;
  /** Something happened to a resource (EVT-01). */
  readonly event: (event: EventInput) => void;
  /** Runs after the commit, for nudges; its failure is nobody's failure. */
  readonly afterCommit: (run: () => void) => void;
}

const transient = new Set(['40001', '40P01']);

/**
 * Runs `body` in a transaction; deadlocks and serialisation failures are tried again, so it must have no effect besides
 * the database and what it hands to `Work`.
 */
export async function transact<T>(db: Database, body: (work: Work) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const changes = new Map<string, { kind: LiveEvent['kind']; id: string; change: LiveEvent['change'] }>();
    const events: EventInput[] = [];
    const operations: OperationRow[] = [];
    const after: (() => void)[] = [];
    try {
      const result = await db.transaction(async (tx) => {
        const answer = await body({
          tx,
          operation: (row) => void operations.push(row),
          changed: (kind, id, change = 'updated') => {
            const key = `${kind}/${id}`;
            // created then updated is still created
            const before = changes.get(key)?.change;
            changes.set(key, { kind, id, change: change === 'updated' && before === 'created' ? before : change });
          },
          event: (event) => void events.push(event),
          afterCommit: (run) => void after.push(run),
        });
        if (operations.length > 0) {
          await tx.execute(sql`select pg_advisory_xact_lock(${OUTBOX_LOCK})`);
          await tx.insert(operationLog).values(operations);
        }
        await outboxWrite(tx, [...changes.values()], events);
        return answer;
      });
      for (const run of after) run();
      return result;
    } catch (error) {
      if (attempt >= 5 || !transient.has(postgresFailure(error)?.code ?? '')) throw error;
    }
  }
}

async function outboxWrite(
  tx: Tx,
  changes: readonly { kind: LiveEvent['kind']; id: string; change: LiveEvent['change'] }[],
  events: readonly EventInput[],
): Promise<void> {
  if (changes.length === 0 && events.length === 0) return;
  const made =
    events.length === 0
      ? []
      : await tx
          .insert(resourceEvents)
          .values(
            events.map((event) => ({
              kind: event.kind,
              resourceId: event.id,
              resourceName: event.name,
              type: event.type,
              level: event.level ?? ('normal' as const),
              params: event.params ?? {},
              taskId: event.taskId ?? null,
            })),
          )
          .returning();
  const rows = [
    ...changes.map(({ kind, id, change }) => ({ kind, change, id, data: null })),
    ...made.map((event) => ({
      kind: 'event',
      change: 'created',
      id: event.resourceId,
      data: {
        id: event.id,
        at: event.at.toISOString(),
        resource: { kind: event.kind, id: event.resourceId, name: event.resourceName },
        type: event.type,
        level: event.level,
        params: event.params,
        taskId: event.taskId,
      } satisfies ResourceEvent,
    })),
  ];
  // One round trip: rows come out of the join only when the lock's single row has, so numbers are drawn under the lock.
  await tx.execute(sql`
    with locked as materialized (select pg_advisory_xact_lock(${OUTBOX_LOCK}))
    insert into ${outbox} (kind, change, resource_id, data)
    select row.kind, row.change, row.id, row.data
    from locked, json_to_recordset(${JSON.stringify(rows)}::json) as row(kind text, change text, id text, data jsonb)
    returning pg_notify(${OUTBOX_CHANNEL}, '')`);
}
