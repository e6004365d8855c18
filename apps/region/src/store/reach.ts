/** Rights as conditions of queries, so that lists and their counts know only what the reader may know. */
import { and, inArray, or, sql, type SQL } from 'drizzle-orm';
import type { ClusterId, HostId, VmId } from '@basalt/contract';
import type { Facts, Reach } from '../domain/rights.ts';
import type { Reader } from './database.ts';
import { hosts, resourceEvents, tasks, vms } from './schema/index.ts';

const nothing = sql`false`;

/** Rows of `vms`; undefined: all. */
export function vmReach(reach: Reach): SQL | undefined {
  if (reach === 'all') return undefined;
  if (reach === 'none') return nothing;
  return (
    or(
      reach.ownerId === null ? undefined : sql`${vms.ownerId} = ${reach.ownerId}::uuid`,
      reach.vms.length > 0 ? inArray(vms.id, reach.vms as VmId[]) : undefined,
      reach.hosts.length > 0 ? inArray(vms.hostId, reach.hosts as HostId[]) : undefined,
      reach.clusters.length > 0 ? inArray(vms.clusterId, reach.clusters as ClusterId[]) : undefined,
    ) ?? nothing
  );
}

/** Rows of `hosts`. */
export function hostReach(reach: Reach): SQL | undefined {
  if (reach === 'all') return undefined;
  if (reach === 'none') return nothing;
  return (
    or(
      reach.hosts.length > 0 ? inArray(hosts.id, reach.hosts as HostId[]) : undefined,
      reach.clusters.length > 0 ? inArray(hosts.clusterId, reach.clusters as ClusterId[]) : undefined,
    ) ?? nothing
  );
}

/** A text column that holds the id of a VM within reach. */
const ofVm = (column: SQL, reach: Reach): SQL =>
  sql`exists (select 1 from ${vms} where ${vms.id}::text = ${column} and ${vmReach(reach) ?? sql`true`})`;

/** Rows of `tasks`: one's own, and those about VMs within reach. */
export function taskReach(reach: Reach): SQL | undefined {
  if (typeof reach === 'string') return reach === 'all' ? undefined : nothing;
  return or(
    reach.ownerId === null ? undefined : sql`${tasks.actor}->>'id' = ${reach.ownerId}`,
    and(sql`${tasks.targetKind} = 'vm'`, ofVm(sql`${tasks.targetId}`, reach)),
  );
}

/** Rows of `resource_events`. */
export function eventReach(reach: Reach): SQL | undefined {
  if (typeof reach === 'string') return reach === 'all' ? undefined : nothing;
  return and(sql`${resourceEvents.kind} = 'vm'`, ofVm(sql`${resourceEvents.resourceId}`, reach));
}

/** What rights are asked about, by id; destroyed ones too, whose tasks and events can still be read. */
export async function vmFacts(db: Reader, ids: readonly string[]): Promise<Map<string, Facts>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .select({ vmId: vms.id, ownerId: vms.ownerId, hostId: vms.hostId, clusterId: vms.clusterId })
    .from(vms)
    .where(inArray(vms.id, ids as VmId[]));
  return new Map(rows.map((row) => [row.vmId, row]));
}

export async function hostFacts(db: Reader, id: string): Promise<Facts | null> {
  const [row] = await db
    .select({ hostId: hosts.id, clusterId: hosts.clusterId })
    .from(hosts)
    .where(inArray(hosts.id, [id as HostId]));
  return row ?? null;
}
