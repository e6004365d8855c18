/**
 * The live stream's source (API-03): follows the outbox, reads each changed resource once for all subscribers, and hands out
 * finished text. Woken by NOTIFY after every commit; a look every few seconds makes up for a wake-up that was lost with its
 * connection.
 */
import pg from 'pg';
import {
  resourceEvent,
  type Host,
  type HostId,
  type ImageId,
  type LiveEvent,
  type NetworkId,
  type Permission,
  type Task,
  type TaskId,
  type VmId,
} from '@basalt/contract';
import type { Logger } from '@basalt/service';
import { inArray } from 'drizzle-orm';
import { computeClusterShapes, storageClusterShapes } from '../domain/clusters.ts';
import type { Facts } from '../domain/rights.ts';
import type { Database } from '../store/database.ts';
import { outboxAfter, outboxOldest, type OutboxRow } from '../store/event.ts';
import { hostShapes } from '../store/host.ts';
import { imageShapes } from '../store/image.ts';
import { networksByIds, networkShapes } from '../store/network.ts';
import { sequenceNow } from '../store/page.ts';
import { vmFacts } from '../store/reach.ts';
import { tasks } from '../store/schema/index.ts';
import { taskShape } from '../store/task.ts';
import { OUTBOX_CHANNEL } from '../store/transact.ts';
import { vmSummaries } from '../store/vm-shape.ts';

export interface LiveItem {
  readonly sequence: number;
  readonly permission: Permission;
  /** Of the VM that it is about, and of who did it; null: of nothing that has an owner. */
  readonly facts: Facts | null;
  /** As the stream sends it, line ends included. */
  readonly text: string;
}

const permissions: Readonly<Record<LiveEvent['kind'], Permission>> = {
  vm: 'vm:read',
  host: 'host:read',
  image: 'image:read',
  network: 'network:read',
  task: 'task:read',
  cluster: 'computeCluster:read',
  storageCluster: 'storageCluster:read',
  event: 'resourceEvent:read',
};

/** The resource that an event's row is about. */
const eventAbout = (data: unknown) => resourceEvent.safeParse(data).data?.resource;

const byId = <T extends { readonly id: string }>(items: readonly T[]): Map<string, unknown> =>
  new Map(items.map((item) => [item.id, item]));

/** The present list form of many resources of one kind. What is not there any more is missing in the answer. */
const readers: Readonly<Record<LiveEvent['kind'], (db: Database, ids: string[]) => Promise<Map<string, unknown>>>> = {
  vm: async (db, ids) => byId(await vmSummaries(db, ids as VmId[])),
  host: async (db, ids) => byId(await hostShapes(db, ids as HostId[])),
  image: async (db, ids) => byId(await imageShapes(db, ids as ImageId[])),
  network: async (db, ids) => byId(await networkShapes(db, await networksByIds(db, ids as NetworkId[]))),
  task: async (db, ids) =>
    byId(
      (
        await db
          .select()
          .from(tasks)
          .where(inArray(tasks.id, ids as TaskId[]))
      ).map(taskShape),
    ),
  cluster: async (db) => byId(await computeClusterShapes(db)),
  storageCluster: async (db) => byId(await storageClusterShapes(db)),
  event: async () => new Map(),
};

/** Reads what the rows are about and puts it into the stream's form. */
/** What rights are asked about for each row: of VMs, and of tasks and events about VMs. */
async function factsOf(
  db: Database,
  rows: readonly OutboxRow[],
  things: ReadonlyMap<LiveEvent['kind'], Map<string, unknown>>,
): Promise<(row: OutboxRow) => Facts | null> {
  const taskOf = (row: OutboxRow) => things.get('task')?.get(row.resourceId) as Task | undefined;
  const vmOf = (row: OutboxRow): string | null => {
    if (row.kind === 'vm') return row.resourceId;
    const about = row.kind === 'task' ? taskOf(row)?.target : row.kind === 'event' ? eventAbout(row.data) : undefined;
    return about?.kind === 'vm' ? about.id : null;
  };
  const vms = await vmFacts(db, [...new Set(rows.flatMap((row) => vmOf(row) ?? []))]);
  return (row) => {
    if (row.kind === 'host') {
      const host = things.get('host')?.get(row.resourceId) as Host | undefined;
      return { hostId: row.resourceId, clusterId: host?.cluster.id ?? null };
    }
    if (row.kind === 'cluster') return { clusterId: row.resourceId };
    const vm = vms.get(vmOf(row) ?? '') ?? null;
    const actor = row.kind === 'task' ? taskOf(row)?.actor.id : undefined;
    return actor === undefined ? vm : { ...vm, startedBy: actor };
  };
}

export async function liveRender(db: Database, rows: readonly OutboxRow[]): Promise<LiveItem[]> {
  const kinds = new Map<LiveEvent['kind'], Map<string, unknown>>();
  for (const [kind, group] of Map.groupBy(rows, (row) => row.kind))
    kinds.set(kind, await readers[kind](db, [...new Set(group.map((row) => row.resourceId))]));
  const facts = await factsOf(db, rows, kinds);
  return rows.map((row) => {
    const data = row.kind === 'event' ? row.data : (kinds.get(row.kind)?.get(row.resourceId) ?? null);
    const event: LiveEvent = {
      sequence: row.sequence,
      at: row.at.toISOString(),
      kind: row.kind,
      change: data === null ? 'deleted' : row.change,
      id: row.resourceId,
      data,
    };
    return {
      sequence: row.sequence,
      permission: permissions[row.kind],
      facts: facts(row),
      text: `id: ${row.sequence}\ndata: ${JSON.stringify(event)}\n\n`,
    };
  });
}

export interface LiveHub {
  /**
   * Delivers everything behind `after` (null = from now), in order, without gaps, until `stop` is called.
   * `missed` is told first when what lies between is not kept any more.
   */
  subscribe(
    after: number | null,
    deliver: (items: readonly LiveItem[]) => void,
    missed: (now: number) => void,
  ): Promise<{ stop(): void }>;
  readonly subscribers: number;
  close(): Promise<void>;
}

const LOOK_MS = 3_000;
const BATCH = 500;

export async function liveHubStart(db: Database, url: string, log: Logger): Promise<LiveHub> {
  const listeners = new Set<(items: readonly LiveItem[]) => void>();
  let last = await sequenceNow(db);
  let closed = false;
  let listener: pg.Client | null = null;
  let again = false;
  let pumping: Promise<void> | null = null;

  const turn = async (): Promise<void> => {
    do {
      again = false;
      for (;;) {
        const rows = await outboxAfter(db, last, BATCH);
        const newest = rows.at(-1);
        if (!newest) break;
        const items = listeners.size > 0 ? await liveRender(db, rows) : [];
        last = newest.sequence;
        for (const deliver of listeners) deliver(items);
        if (rows.length < BATCH) break;
      }
    } while (again);
  };
  const pump = (): void => {
    if (closed) return;
    if (pumping) again = true;
    else
      pumping = turn()
        .catch((error: unknown) => log.warn({ error }, 'the outbox could not be read'))
        .finally(() => {
          pumping = null;
          if (again) pump();
        });
  };

  const listen = async (): Promise<void> => {
    const client = new pg.Client({ connectionString: url, application_name: 'basalt-region-live', keepAlive: true });
    client.on('error', (error) => {
      log.warn({ error }, 'lost the connection that listens to the outbox');
      listener = null;
    });
    client.on('end', () => (listener = null));
    client.on('notification', pump);
    await client.connect();
    await client.query(`listen ${OUTBOX_CHANNEL}`);
    listener = client;
  };
  await listen();
  const look = setInterval(() => {
    if (!listener) void listen().catch((error: unknown) => log.warn({ error }, 'cannot listen to the outbox'));
    pump();
  }, LOOK_MS);

  return {
    get subscribers() {
      return listeners.size;
    },
    async subscribe(after, deliver, missed) {
      let at = after ?? last;
      const oldest = await outboxOldest(db);
      // another process of the region may have delivered what this one has not read yet; nobody can be ahead of the database
      const ahead = after !== null && after > last && after > (await sequenceNow(db));
      if (ahead || (after !== null && oldest !== null && after < oldest - 1)) {
        at = last;
        missed(at);
      }
      // catches up until it stands where the hub stands, then joins in the same turn of the event loop
      while (at < last) {
        const rows = await outboxAfter(db, at, BATCH);
        deliver(await liveRender(db, rows));
        at = rows.at(-1)?.sequence ?? last;
      }
      const from = at;
      const mine = (items: readonly LiveItem[]): void => deliver(items.filter((item) => item.sequence > from));
      listeners.add(mine);
      return { stop: () => void listeners.delete(mine) };
    },
    async close() {
      closed = true;
      clearInterval(look);
      await pumping;
      await listener?.end();
    },
  };
}
