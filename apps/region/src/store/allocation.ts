/**
 * What VMs take on hosts. The row of a VM and the sums on its host change together, in one statement each, and nowhere
 * else; taking more than there is matches no row, so capacity holds whoever runs beside us.
 */
import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm';
import { BasaltError, both, type ClusterId, type HostId, type VmId } from '@basalt/contract';
import type { Reader, Tx } from './database.ts';
import { computeClusters, hostAllocations, hosts } from './schema/index.ts';

const PLACEMENT_LOCK = 7_340_003;

/**
 * From here to the end of the transaction nobody else places in this cluster: the decision sees every earlier one, so that
 * VMs asked for at the same moment spread too.
 */
export async function placementLock(tx: Tx, clusterId: ClusterId): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${PLACEMENT_LOCK}, hashtext(${clusterId}))`);
}

/** vCPU and bytes that guests of this host may be promised in all. */
export const hostPromise = {
  vcpu: sql<number>`greatest(0, ${hosts.capacityVcpu} * ${computeClusters.cpuOvercommit} / 100 - ${hosts.reserveVcpu})::int`,
  memory:
    sql<number>`greatest(0, ${hosts.capacityMemory} * ${computeClusters.memoryOvercommit} / 100 - ${hosts.reserveMemory})::bigint`.mapWith(
      Number,
    ),
};

export interface Allocation {
  readonly vmId: VmId;
  readonly hostId: HostId;
  readonly vcpu: number;
  readonly memory: number;
}

/** The sums on the host, if there is room. */
async function roomTake(tx: Tx, hostId: HostId, vcpu: number, memory: number): Promise<boolean> {
  const taken = await tx
    .update(hosts)
    .set({
      allocatedVcpu: sql`${hosts.allocatedVcpu} + ${vcpu}`,
      allocatedMemory: sql`${hosts.allocatedMemory} + ${memory}`,
    })
    .from(computeClusters)
    .where(
      and(
        eq(hosts.id, hostId),
        eq(computeClusters.id, hosts.clusterId),
        isNull(hosts.removedAt),
        sql`${hosts.allocatedVcpu} + ${vcpu} <= ${hostPromise.vcpu}`,
        sql`${hosts.allocatedMemory} + ${memory} <= ${hostPromise.memory}`,
      ),
    )
    .returning({ id: hosts.id });
  return taken.length > 0;
}

/**
 * Hosts are taken in the order of their ids. What a VM held before is given back, unless it is `fresh` and holds nothing.
 * @throws BasaltError capacityExceeded when a host has no room for its share.
 */
export async function allocationsTake(tx: Tx, wanted: readonly Allocation[], fresh = false): Promise<void> {
  const sorted = wanted.toSorted((a, b) => a.hostId.localeCompare(b.hostId));
  for (const { vmId, hostId, vcpu, memory } of sorted) {
    if (!fresh) await allocationRelease(tx, vmId);
    if (!(await roomTake(tx, hostId, vcpu, memory))) throw await capacityError(tx, { hostId, vcpu, memory }, fresh);
    await tx.insert(hostAllocations).values({ vmId, hostId, vcpu, memory });
  }
}

/**
 * As {@link allocationsTake} for many fresh ones at once.
 * @throws BasaltError capacityExceeded when a host has no room for all of its share.
 */
export async function allocationsTakeTogether(tx: Tx, wanted: readonly Allocation[]): Promise<void> {
  if (wanted.length === 0) return;
  const shares = Map.groupBy(wanted, ({ hostId }) => hostId);
  // in the order of their ids, as everybody takes them
  await tx
    .select({ id: hosts.id })
    .from(hosts)
    .where(inArray(hosts.id, [...shares.keys()]))
    .orderBy(asc(hosts.id))
    .for('update');
  for (const [hostId, own] of shares) {
    const vcpu = own.reduce((sum, one) => sum + one.vcpu, 0);
    const memory = own.reduce((sum, one) => sum + one.memory, 0);
    if (!(await roomTake(tx, hostId, vcpu, memory))) throw await capacityError(tx, { hostId, vcpu, memory }, false);
  }
  await tx.insert(hostAllocations).values([...wanted]);
}

/** Gives back what the VM holds, if anything. True when it held something. */
export async function allocationRelease(tx: Tx, vmId: VmId): Promise<boolean> {
  const [held] = await tx.delete(hostAllocations).where(eq(hostAllocations.vmId, vmId)).returning();
  if (!held) return false;
  await tx
    .update(hosts)
    .set({
      allocatedVcpu: sql`${hosts.allocatedVcpu} - ${held.vcpu}`,
      allocatedMemory: sql`${hosts.allocatedMemory} - ${held.memory}`,
    })
    .where(eq(hosts.id, held.hostId));
  return true;
}

export async function allocationsOf(db: Reader, vmIds: readonly VmId[]): Promise<Allocation[]> {
  if (vmIds.length === 0) return [];
  return db
    .select()
    .from(hostAllocations)
    .where(inArray(hostAllocations.vmId, [...vmIds]))
    .orderBy(asc(hostAllocations.vmId));
}

const gib = (bytes: number): string => `${Math.round((bytes / 1024 ** 3) * 10) / 10} GiB`;

/** `fresh` = a creation, whose input has fields for what is short. */
async function capacityError(
  tx: Tx,
  { hostId, vcpu, memory }: Omit<Allocation, 'vmId'>,
  fresh: boolean,
): Promise<BasaltError> {
  const [row] = await tx
    .select({
      name: hosts.name,
      vcpu: sql<number>`${hostPromise.vcpu} - ${hosts.allocatedVcpu}`,
      memory: sql<number>`${hostPromise.memory} - ${hosts.allocatedMemory}`.mapWith(Number),
    })
    .from(hosts)
    .innerJoin(computeClusters, eq(computeClusters.id, hosts.clusterId))
    .where(eq(hosts.id, hostId));
  const short = row !== undefined && row.vcpu < vcpu;
  return new BasaltError(
    'capacityExceeded',
    {
      resource: short ? 'vCPU' : both('内存', 'memory'),
      needed: short ? vcpu : gib(memory),
      available: short ? row.vcpu : gib(Math.max(0, row?.memory ?? 0)),
      where: row?.name ?? hostId,
    },
    { field: fresh ? (short ? 'vcpu' : 'memory') : undefined },
  );
}
