/**
 * A simulated region with as many VMs as wanted, for demos, training and rehearsals. They were made by nobody, so that no
 * task, event or entry of the log speaks of them; for the rest nothing tells them from VMs that the product has made: rows,
 * room, addresses, ports, disks and domains agree, and reconcilers find nothing to do.
 */
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { AccountId, ImageId, NetworkId, RegionKey } from '@basalt/contract';
import { cephAccessSim } from '../ceph-access.ts';
import { clusterDefault } from '../store/cluster.ts';
import { placementLock } from '../store/allocation.ts';
import type { Database } from '../store/database.ts';
import { networksByIds } from '../store/network.ts';
import { flavors, images } from '../store/schema/index.ts';
import { transact } from '../store/transact.ts';
import { vmNamesTaken } from '../store/vm.ts';
import { fleetVm } from './fleet-model.ts';
import { fleetBlock, fleetHosts, fleetPlace, type FleetHost } from './fleet-place.ts';
import { fleetInsert, fleetPresent, fleetVmId, type FleetKit } from './fleet-rows.ts';
import { fleetStock, type FleetDoor } from './fleet-stock.ts';

/** VMs of one transaction: rows are inserted a thousand at a time, and others wait for its locks. */
const LOT = 1_000;

export interface FleetOrder {
  readonly region: RegionKey;
  readonly vms: number;
  readonly image: ImageId;
  /** One for each environment; fewer are shared. */
  readonly networks: readonly NetworkId[];
  readonly owner: { readonly id: AccountId; readonly name: string };
}

export interface FleetMade {
  readonly made: number;
  /** Of those made: stopped, because no host had room. */
  readonly stopped: number;
}

async function kitOf(db: Database, order: FleetOrder): Promise<FleetKit> {
  const cluster = await clusterDefault(db);
  const [image] = await db
    .select()
    .from(images)
    .where(and(eq(images.id, order.image), eq(images.state, 'available'), isNull(images.deletedAt)));
  const networks = await networksByIds(db, order.networks);
  if (!cluster || !image) throw new Error('the fleet needs a compute cluster and an available image');
  if (networks.length === 0 || networks.some(({ network }) => network.state !== 'available'))
    throw new Error('the networks of the fleet are not available');
  const inOrder = order.networks.flatMap((id) => networks.filter(({ network }) => network.id === id));
  return {
    region: order.region,
    cluster,
    image,
    networks: inOrder,
    flavors: await db.select().from(flavors),
    owner: order.owner,
  };
}

/** One lot, or what is missing of it. In the moment in which hosts have it and the rows are not yet committed nobody may look. */
async function lotMake(
  db: Database,
  kit: FleetKit,
  door: FleetDoor,
  hosts: readonly FleetHost[],
  share: number,
  range: readonly [from: number, to: number],
): Promise<FleetMade> {
  const wanted = Array.from({ length: range[1] - range[0] + 1 }, (_, i) => fleetVm(range[0] + i));
  const present = await fleetPresent(
    db,
    wanted.map(({ n }) => fleetVmId(kit.region, n)),
  );
  const absent = wanted.filter(({ n }) => !present.has(fleetVmId(kit.region, n)));
  const taken = new Set(
    await vmNamesTaken(
      db,
      absent.map(({ name }) => name),
    ),
  );
  const missing = absent.filter(({ name }) => !taken.has(name));
  if (missing.length === 0) return { made: 0, stopped: 0 };
  const block = fleetBlock(hosts, share, missing.length);
  const places = missing.map((vm) => fleetPlace(vm, block));
  await transact(db, async (work) => {
    await placementLock(work.tx, kit.cluster.id);
    const ids = await fleetInsert(work.tx, kit, places, new Date());
    // lists and counts are kept until something has changed; that one has says it for all
    if (ids[0]) work.changed('vm', ids[0], 'created');
    await door(await fleetStock(work.tx, ids, cephAccessSim(kit.region)));
  });
  return { made: places.length, stopped: places.filter(({ vm, state }) => state !== vm.state).length };
}

/**
 * Makes what is missing of the first `vms` VMs of the fleet; those that somebody has destroyed stay so.
 * @throws Error when a host is not simulated, or a network, an image or addresses are missing.
 */
export async function fleetMake(
  db: Database,
  order: FleetOrder,
  door: FleetDoor,
  onProgress: (done: number) => void = () => undefined,
): Promise<FleetMade> {
  const kit = await kitOf(db, order);
  const hosts = await fleetHosts(db, kit.cluster.id);
  const share = Math.ceil(order.vms / hosts.length);
  let made = 0;
  let stopped = 0;
  for (let from = 1; from <= order.vms; from += LOT) {
    const to = Math.min(order.vms, from + LOT - 1);
    const lot = await lotMake(db, kit, door, hosts, share, [from, to]);
    made += lot.made;
    stopped += lot.stopped;
    onProgress(to);
  }
  if (made > 0) await db.execute(sql`analyze vms, disks, nics, addresses, host_allocations, hosts, simulation.ports`);
  return { made, stopped };
}
