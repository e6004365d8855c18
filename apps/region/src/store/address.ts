/**
 * Addresses of subnets. Whoever takes one holds the subnet's row (several subnets: in the order of their ids) and the
 * primary key has the last word, so two NICs never share one.
 */
import { and, asc, count, eq, gte, inArray, sql } from 'drizzle-orm';
import type { NicId, SubnetId, VmId } from '@basalt/contract';
import { addressToNumber, blockedIntervals, cidrInterval, firstFree, freeRun, numberToAddress } from '../ipam/range.ts';
import type { Reader, Tx } from './database.ts';
import { addresses, nics, subnets, vms } from './schema/index.ts';

export type SubnetRow = typeof subnets.$inferSelect;
export type AddressRow = typeof addresses.$inferSelect;

const WINDOW = 1024;

/** Locks the rows in the order of their ids. */
export async function subnetsLock(tx: Tx, ids: readonly SubnetId[]): Promise<SubnetRow[]> {
  if (ids.length === 0) return [];
  return tx
    .select()
    .from(subnets)
    .where(inArray(subnets.id, [...new Set(ids)]))
    .orderBy(asc(subnets.id))
    .for('update');
}

export interface AddressHolder {
  readonly nicId: NicId;
  readonly vmId: VmId;
}

/** True when the address was free and is the holder's now. */
export async function addressTake(
  tx: Tx,
  subnetId: SubnetId,
  address: string,
  holder: AddressHolder,
): Promise<boolean> {
  const made = await tx
    .insert(addresses)
    .values({ subnetId, address, ...holder })
    .onConflictDoNothing({ target: [addresses.subnetId, addresses.address] })
    .returning({ address: addresses.address });
  return made.length > 0;
}

async function freeFrom(tx: Tx, subnet: SubnetRow, from: number, to: number): Promise<number | null> {
  const blocked = blockedIntervals(subnet);
  for (let at = from; at <= to;) {
    const rows = await tx
      .select({ address: addresses.address })
      .from(addresses)
      .where(and(eq(addresses.subnetId, subnet.id), gte(addresses.address, numberToAddress(at))))
      .orderBy(asc(addresses.address))
      .limit(WINDOW);
    const used = rows.map((row) => addressToNumber(row.address));
    const end = rows.length < WINDOW ? to : Math.min(to, used.at(-1) ?? to);
    const found = firstFree({ from: at, to: end }, blocked, used);
    if (found !== null) return found;
    at = end + 1;
  }
  return null;
}

/**
 * The next free address behind the one given last, from the start again at the end; null when all are taken. The caller
 * holds the subnet's row.
 */
export async function addressTakeNext(tx: Tx, subnet: SubnetRow, holder: AddressHolder): Promise<string | null> {
  const block = cidrInterval(subnet.cidr);
  const [current] = await tx.select({ last: subnets.lastOffset }).from(subnets).where(eq(subnets.id, subnet.id));
  let from = Math.min(block.from + (current?.last ?? 0) + 1, block.to + 1);
  for (let wrapped = false; ;) {
    const found = await freeFrom(tx, subnet, from, block.to);
    if (found === null) {
      if (wrapped) return null;
      wrapped = true;
      from = block.from;
      continue;
    }
    const address = numberToAddress(found);
    if (await addressTake(tx, subnet.id, address, holder)) {
      await tx
        .update(subnets)
        .set({ lastOffset: found - block.from })
        .where(eq(subnets.id, subnet.id));
      return address;
    }
    from = found + 1;
  }
}

/**
 * Free addresses for all of the holders, in the order of theirs; null when the subnet has not as many. The caller holds the
 * subnet's row.
 */
export async function addressesTakeNext(
  tx: Tx,
  subnet: SubnetRow,
  holders: readonly AddressHolder[],
): Promise<string[] | null> {
  if (holders.length === 0) return [];
  const block = cidrInterval(subnet.cidr);
  const rows = await tx.select({ address: addresses.address }).from(addresses).where(eq(addresses.subnetId, subnet.id));
  const used = rows.map((row) => addressToNumber(row.address));
  const found = freeRun(block, blockedIntervals(subnet), used, subnet.lastOffset, holders.length);
  const last = found.at(-1);
  if (found.length < holders.length || last === undefined) return null;
  const taken = found.map(numberToAddress);
  await tx
    .insert(addresses)
    .values(holders.map((holder, i) => ({ subnetId: subnet.id, address: taken[i] ?? '', ...holder })));
  await tx
    .update(subnets)
    .set({ lastOffset: last - block.from })
    .where(eq(subnets.id, subnet.id));
  return taken;
}

/** Who has the address: the VM's name, or null when nobody. */
export async function addressOwner(db: Reader, subnetId: SubnetId, address: string): Promise<string | null> {
  const [row] = await db
    .select({ vm: vms.name, state: addresses.state })
    .from(addresses)
    .leftJoin(vms, eq(vms.id, addresses.vmId))
    .where(and(eq(addresses.subnetId, subnetId), eq(addresses.address, address)));
  return row ? (row.vm ?? row.state) : null;
}

export async function addressesRelease(tx: Tx, vmId: VmId): Promise<void> {
  await tx.delete(addresses).where(eq(addresses.vmId, vmId));
}

export interface AddressUseRow {
  readonly address: string;
  readonly state: 'nic' | 'reserved';
  readonly mac: string | null;
  readonly nicId: NicId | null;
  readonly vmId: VmId | null;
  readonly vmName: string | null;
}

export async function addressUses(
  db: Reader,
  subnetId: SubnetId,
  search: string | undefined,
): Promise<AddressUseRow[]> {
  const pattern = search ? `%${search.toLowerCase().replaceAll(/[\\%_]/gu, String.raw`\$&`)}%` : null;
  return db
    .select({
      address: addresses.address,
      state: addresses.state,
      mac: nics.mac,
      nicId: addresses.nicId,
      vmId: addresses.vmId,
      vmName: vms.name,
    })
    .from(addresses)
    .leftJoin(nics, eq(nics.id, addresses.nicId))
    .leftJoin(vms, eq(vms.id, addresses.vmId))
    .where(
      and(
        eq(addresses.subnetId, subnetId),
        pattern
          ? sql`(host(${addresses.address}) like ${pattern} or ${nics.mac} like ${pattern} or lower(${vms.name}) like ${pattern})`
          : undefined,
      ),
    )
    .orderBy(asc(addresses.address));
}

export async function addressCounts(db: Reader, ids: readonly SubnetId[]): Promise<Map<string, number>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .select({ id: addresses.subnetId, n: count() })
    .from(addresses)
    .where(inArray(addresses.subnetId, [...ids]))
    .groupBy(addresses.subnetId);
  return new Map(rows.map((row) => [row.id, row.n]));
}
