/** Virtual machines, their disks and NICs as rows. */
import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm';
import type { Placement, VmId, VmState } from '@basalt/contract';
import { placementTrim } from '../scheduler/place.ts';
import type { Reader, Tx } from './database.ts';
import { disks, nics, placements, vms } from './schema/index.ts';

export type VmRow = typeof vms.$inferSelect;
export type VmInsert = Omit<typeof vms.$inferInsert, 'search' | 'firstAddress'>;
export type DiskRow = typeof disks.$inferSelect;
export type NicRow = typeof nics.$inferSelect;
export type NicInsert = typeof nics.$inferInsert;

/** Everything a VM is found by, one per line, lower case. */
const searchText = (
  vm: { readonly id: string; readonly name: string; readonly hostName: string; readonly note?: string | undefined },
  own: readonly { readonly mac: string; readonly address?: string | null | undefined }[],
): string =>
  [vm.name, vm.id, vm.hostName, ...own.flatMap((nic) => [nic.mac, nic.address ?? '']), vm.note ?? '']
    .filter((part) => part !== '')
    .join('\n')
    .toLowerCase();

export interface VmRows {
  readonly vm: VmInsert;
  readonly disks: readonly (typeof disks.$inferInsert)[];
  readonly nics: readonly NicInsert[];
}

/** At most a thousand at once: a statement has 65 535 parameters at most. */
export async function vmsInsert(tx: Tx, made: readonly VmRows[]): Promise<void> {
  await tx.insert(vms).values(
    made.map(({ vm, nics: own }) => ({
      ...vm,
      firstAddress: own[0]?.address ?? null,
      search: searchText(vm, own),
    })),
  );
  const ownDisks = made.flatMap((one) => one.disks);
  const ownNics = made.flatMap((one) => one.nics);
  if (ownDisks.length > 0) await tx.insert(disks).values(ownDisks);
  if (ownNics.length > 0) await tx.insert(nics).values(ownNics);
}

export const vmInsert = (tx: Tx, vm: VmInsert, own: Omit<VmRows, 'vm'>): Promise<void> =>
  vmsInsert(tx, [{ vm, ...own }]);

export async function vmById(db: Reader, id: VmId): Promise<VmRow | null> {
  const [row] = await db
    .select()
    .from(vms)
    .where(and(eq(vms.id, id), sql`${vms.state} <> 'destroyed'`));
  return row ?? null;
}

export async function vmLock(tx: Tx, id: VmId): Promise<VmRow | null> {
  const [row] = await tx
    .select()
    .from(vms)
    .where(and(eq(vms.id, id), sql`${vms.state} <> 'destroyed'`))
    .for('update');
  return row ?? null;
}

export async function vmUpdate(
  tx: Tx,
  id: VmId,
  values: Partial<Omit<typeof vms.$inferInsert, 'state' | 'search' | 'firstAddress'>>,
): Promise<void> {
  await tx.update(vms).set(values).where(eq(vms.id, id));
}

/** Sets the state and since when; a reason that is not given is cleared. */
export async function vmStateSet(tx: Tx, id: VmId, state: VmState, reason: string | null = null): Promise<void> {
  await tx
    .update(vms)
    .set({ state, reason, stateSince: sql`case when ${vms.state} = ${state} then ${vms.stateSince} else now() end` })
    .where(eq(vms.id, id));
}

/** After a change of name, note, host name or NICs. */
export async function vmSearchRefresh(tx: Tx, id: VmId): Promise<void> {
  const vm = await vmById(tx, id);
  if (!vm) return;
  const own = await vmNics(tx, [id]);
  await tx
    .update(vms)
    .set({ search: searchText(vm, own), firstAddress: own[0]?.address ?? null })
    .where(eq(vms.id, id));
}

/** Of the names given those that a VM bears, the recycle bin's too. */
export async function vmNamesTaken(db: Reader, names: readonly string[]): Promise<string[]> {
  const rows = await db
    .select({ name: vms.name })
    .from(vms)
    .where(and(inArray(vms.name, [...names]), sql`${vms.state} <> 'destroyed'`));
  return rows.map((row) => row.name);
}

export const vmDisks = (db: Reader, ids: readonly VmId[]): Promise<DiskRow[]> =>
  ids.length === 0
    ? Promise.resolve([])
    : db
        .select()
        .from(disks)
        .where(inArray(disks.vmId, [...ids]))
        .orderBy(asc(disks.vmId), asc(disks.index));

export const vmNics = (db: Reader, ids: readonly VmId[]): Promise<NicRow[]> =>
  ids.length === 0
    ? Promise.resolve([])
    : db
        .select()
        .from(nics)
        .where(inArray(nics.vmId, [...ids]))
        .orderBy(asc(nics.vmId), asc(nics.index));

/** Whether a destruction has begun on the VM's disks: what was on them is gone. */
export async function vmDisksLost(db: Reader, id: VmId): Promise<boolean> {
  const [lost] = await db
    .select({ id: disks.id })
    .from(disks)
    .where(and(eq(disks.vmId, id), eq(disks.state, 'error')))
    .limit(1);
  return lost !== undefined;
}

/** MACs of the list that are in use, with the VM that has each. */
export async function macOwners(db: Reader, macs: readonly string[]): Promise<Map<string, string>> {
  if (macs.length === 0) return new Map();
  const rows = await db
    .select({ mac: nics.mac, vm: vms.name })
    .from(nics)
    .innerJoin(vms, eq(vms.id, nics.vmId))
    .where(inArray(nics.mac, [...macs]));
  return new Map(rows.map((row) => [row.mac, row.vm]));
}

export async function placementInsert(tx: Tx, vmId: VmId, placement: Placement): Promise<void> {
  await tx
    .insert(placements)
    .values({ vmId, decidedAt: new Date(placement.decidedAt), placement: placementTrim(placement) });
}

/** Newest first. */
export async function placementsOf(db: Reader, vmId: VmId): Promise<Placement[]> {
  const rows = await db
    .select({ placement: placements.placement })
    .from(placements)
    .where(eq(placements.vmId, vmId))
    .orderBy(desc(placements.id))
    .limit(20);
  return rows.map((row) => row.placement);
}
