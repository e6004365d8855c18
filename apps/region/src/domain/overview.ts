/** The first page: capacity as promised and used, health, and what wants somebody now. Every number is counted, none guessed. */
import { and, desc, gt, inArray } from 'drizzle-orm';
import type { Overview } from '@basalt/contract';
import { findingAll, serviceHealthAll } from '../store/event.ts';
import type { Reader } from '../store/database.ts';
import { hostPage } from '../store/host.ts';
import { tasks } from '../store/schema/index.ts';
import { vmCountsByState, vmFailed } from '../store/vm-page.ts';
import { computeClusterShapes, storageClusterShapes } from './clusters.ts';
import type { Context } from './context.ts';

type Attention = Overview['attention'][number];

/** A task that failed keeps being shown this long. */
const TASK_HOURS = 24;

const taskTrouble = (db: Reader) =>
  db
    .select()
    .from(tasks)
    .where(
      and(
        inArray(tasks.state, ['failed', 'parked']),
        gt(tasks.createdAt, new Date(Date.now() - TASK_HOURS * 3_600_000)),
      ),
    )
    .orderBy(desc(tasks.createdAt))
    .limit(20);

async function attentionOf(
  db: Reader,
  hosts: Awaited<ReturnType<typeof hostPage>>['items'],
  clusters: Awaited<ReturnType<typeof computeClusterShapes>>,
  storages: Awaited<ReturnType<typeof storageClusterShapes>>,
  now: string,
): Promise<Attention[]> {
  const items: Attention[] = [];
  for (const vm of await vmFailed(db))
    items.push({
      key: 'vmFailed',
      level: 'error',
      resource: { kind: 'vm', id: vm.id, name: vm.name },
      params: { reason: vm.reason ?? '' },
      since: vm.since.toISOString(),
    });
  for (const host of hosts) {
    const resource = { kind: 'host', id: host.id, name: host.name };
    const since = host.seenAt ?? now;
    if (host.state === 'unreachable')
      items.push({ key: 'hostUnreachable', level: 'warning', resource, params: {}, since });
    if (host.state === 'failed' || host.state === 'fencing')
      items.push({ key: 'hostFailed', level: 'error', resource, params: {}, since });
  }
  for (const storage of storages) {
    const resource = { kind: 'storageCluster', id: storage.id, name: storage.name };
    const used = storage.capacity.total > 0 ? (storage.capacity.used ?? 0) / storage.capacity.total : 0;
    if (storage.health === 'warning' || storage.health === 'error')
      items.push({
        key: 'storageDegraded',
        level: storage.health,
        resource,
        params: { checks: storage.checks.map((check) => check.code).join(', ') },
        since: now,
      });
    if (used >= 0.7)
      items.push({
        key: 'storageFull',
        level: used >= 0.85 ? 'error' : 'warning',
        resource,
        params: { percent: Math.round(used * 100) },
        since: now,
      });
  }
  for (const cluster of clusters) {
    const resource = { kind: 'cluster', id: cluster.id, name: cluster.name };
    if (cluster.warnings.includes('memoryFull'))
      items.push({
        key: 'memoryFull',
        level: 'warning',
        resource,
        params: { percent: Math.round((cluster.memory.allocated / cluster.memory.total) * 100) },
        since: now,
      });
    if (cluster.warnings.includes('fewHosts'))
      items.push({ key: 'fewHosts', level: 'warning', resource, params: { hosts: cluster.hosts }, since: now });
  }
  for (const task of await taskTrouble(db))
    items.push({
      key: task.state === 'parked' ? 'taskParked' : 'taskFailed',
      level: task.state === 'parked' ? 'error' : 'warning',
      resource: { kind: 'task', id: task.id, name: task.targetName },
      params: { kind: task.kind },
      since: (task.finishedAt ?? task.createdAt).toISOString(),
    });
  for (const found of await findingAll(db))
    items.push({
      key: 'orphans',
      level: found.level,
      resource: { kind: found.resourceKind, id: found.resourceId, name: found.resourceName },
      params: { ...found.params, finding: found.key },
      since: found.since.toISOString(),
    });
  return items.toSorted(
    (a, b) => Number(b.level === 'error') - Number(a.level === 'error') || (a.since < b.since ? 1 : -1),
  );
}

/** A health that nobody has refreshed for this long is not known any more. */
const STALE_MS = 120_000;

export async function overviewGet(ctx: Context): Promise<Overview> {
  const { db, region } = ctx.services;
  const now = new Date();
  const [clusters, storages, hosts, vmStates, healths] = await Promise.all([
    computeClusterShapes(db),
    storageClusterShapes(db),
    hostPage(db, { sort: { field: 'cpuUse', order: 'desc' }, reach: 'all' }, { limit: 200, offset: 0 }),
    vmCountsByState(db),
    serviceHealthAll(db),
  ]);
  const total = (key: 'vcpu' | 'memory') =>
    clusters.reduce(
      (sum, cluster) => ({
        total: sum.total + cluster[key].total,
        allocated: sum.allocated + cluster[key].allocated,
        used: cluster[key].used === null ? sum.used : (sum.used ?? 0) + cluster[key].used,
      }),
      { total: 0, allocated: 0, used: null as number | null },
    );
  const known = new Map(healths.map((row) => [row.key, row]));
  const services = (['ceph', 'ovn', 'agents', 'metrics'] as const).map((key) => {
    const row = known.get(key);
    const fresh = row && now.getTime() - row.seenAt.getTime() < STALE_MS;
    return { key, health: fresh ? row.health : ('unknown' as const), params: row?.params ?? {} };
  });
  return {
    at: now.toISOString(),
    version: region.version,
    attention: await attentionOf(db, hosts.items, clusters, storages, now.toISOString()),
    vcpu: total('vcpu'),
    memory: total('memory'),
    storage: storages.map(({ id, name, media, capacity }) => ({ id, name, media, capacity })),
    hosts: hosts.items.map((host) => ({
      id: host.id,
      name: host.name,
      cluster: host.cluster.name,
      state: host.state,
      load: host.cpuUse,
    })),
    hostStates: hosts.states,
    vmStates,
    // we answer, so region and database do
    services: [
      { key: 'region', health: 'healthy', params: {} },
      { key: 'database', health: 'healthy', params: {} },
      ...services,
    ],
  };
}
