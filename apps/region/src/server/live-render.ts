/**
 * What rows of the outbox tell (API-03), in the one form that the live stream and the feed for webhooks share: each changed
 * resource is read once, as it is now.
 */
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
import { inArray } from 'drizzle-orm';
import { computeClusterShapes, storageClusterShapes } from '../domain/clusters.ts';
import type { Facts } from '../domain/rights.ts';
import type { Database } from '../store/database.ts';
import type { OutboxRow } from '../store/event.ts';
import { hostShapes } from '../store/host.ts';
import { imageShapes } from '../store/image.ts';
import { networksByIds, networkShapes } from '../store/network.ts';
import { vmFacts } from '../store/reach.ts';
import { tasks } from '../store/schema/index.ts';
import { taskShape } from '../store/task.ts';
import { vmSummaries } from '../store/vm-shape.ts';

export interface Rendered {
  readonly event: LiveEvent;
  /** What it takes to read it. */
  readonly permission: Permission;
  /** Of the VM that it is about, and of who did it; null: of nothing that has an owner. */
  readonly facts: Facts | null;
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

/** Reads what the rows are about and puts it into the stream's form, in the rows' order. */
export async function liveRender(db: Database, rows: readonly OutboxRow[]): Promise<Rendered[]> {
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
    return { event, permission: permissions[row.kind], facts: facts(row) };
  });
}
