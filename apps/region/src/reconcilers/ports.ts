/** Switches and ports compared with networks and NICs: what is missing is made again, what nobody wants is reported. */
import { asc, eq, gt, inArray, isNull, sql } from 'drizzle-orm';
import type { NicId, VmId, VmState } from '@basalt/contract';
import type { Reader } from '../store/database.ts';
import { activeStates } from '../store/task.ts';
import { networks, nics, subnets, tasks, vms } from '../store/schema/index.ts';
import { networkSpec, nicParts, portSpec } from '../tasks/vm-parts.ts';
import { findingsReplace, healthSet } from './findings.ts';
import { eachBounded, type Reconciler } from './reconciler.ts';

/** Ports made again in one round; more than that missing at once is repaired over several. */
const REPAIRS = 200;

/** Rows read at once: there may be a hundred thousand, and other work waits while they become objects. */
const LOT = 2_000;

interface Wanted {
  readonly id: NicId;
  readonly vmId: VmId;
  readonly up: boolean | null;
  readonly state: VmState;
}

/** All NICs, with no more than is needed to see whether their ports are as they should be. */
async function nicsWanted(db: Reader): Promise<Wanted[]> {
  const wanted: Wanted[] = [];
  for (;;) {
    const last = wanted.at(-1);
    const rows = await db
      .select({ id: nics.id, vmId: nics.vmId, up: nics.up, state: vms.state })
      .from(nics)
      .innerJoin(vms, eq(vms.id, nics.vmId))
      .where(last && gt(nics.id, last.id))
      .orderBy(asc(nics.id))
      .limit(LOT);
    wanted.push(...rows);
    if (rows.length < LOT) return wanted;
  }
}

export const portsReconciler: Reconciler = {
  name: 'ports',
  every: 30_000,
  async run(ctx) {
    const { db, network, log } = ctx.services;
    const healthy = await network.healthy();
    await ctx.transact((work) => healthSet(work, 'ovn', healthy ? 'healthy' : 'error'));
    if (!healthy) return { healthy: 0 };
    // rows first: what is made between the two readings is then an orphan for one round at most, and none is reported twice
    const before = new Set((await network.owned()).ports.keys());
    const wires = await db
      .select({ network: networks, subnet: subnets })
      .from(networks)
      .leftJoin(subnets, eq(subnets.networkId, networks.id))
      .where(isNull(networks.deletedAt));
    const wanted = await nicsWanted(db);
    const owned = await network.owned();
    const busy = new Set<string>(
      (
        await db
          .select({ id: tasks.targetId })
          .from(tasks)
          .where(inArray(tasks.state, [...activeStates]))
      ).map((row) => row.id),
    );
    const lostWires = wires.filter(
      (row) =>
        row.network.state === 'available' && !owned.networks.includes(row.network.id) && !busy.has(row.network.id),
    );
    const failed = (what: string) => (_: unknown, error: unknown) => log.warn({ error }, what);
    await eachBounded(lostWires, 4, (row) => network.networkEnsure(networkSpec(row)), failed('switch not repaired'));
    const missing = wanted
      .filter((row) => !owned.ports.has(row.id) && !busy.has(row.vmId) && !['creating', 'error'].includes(row.state))
      .slice(0, REPAIRS)
      .map((row) => row.id);
    const lost = missing.length === 0 ? [] : await nicParts(db, missing);
    await eachBounded(lost, 4, (row) => network.portEnsure(portSpec(row)), failed('port not repaired'));

    const ids = new Set<string>(wanted.map((row) => row.id));
    const wires2 = new Set<string>(wires.map((row) => row.network.id));
    const orphans = [
      ...[...owned.ports.keys()].filter((id) => !ids.has(id) && before.has(id)).map((id) => ({ kind: 'port', id })),
      ...owned.networks.filter((id) => !wires2.has(id)).map((id) => ({ kind: 'switch', id })),
    ];
    const moved = wanted.filter((row) => {
      const state = owned.ports.get(row.id);
      return state !== undefined && row.up !== (state === 'up');
    });
    await ctx.transact(async (work) => {
      for (const { id, vmId } of moved) {
        await work.tx
          .update(nics)
          .set({ up: owned.ports.get(id) === 'up' })
          .where(eq(nics.id, id));
        work.changed('vm', vmId);
      }
      await findingsReplace(
        work,
        'orphans',
        'network/',
        orphans.map(({ kind, id }) => ({ resourceKind: kind, resourceId: id, resourceName: id })),
      );
      for (const { nic } of lost)
        work.event({
          kind: 'vm',
          id: nic.vmId,
          name: await vmName(work.tx, nic.vmId),
          type: 'vm.portRepaired',
          level: 'warning',
        });
    });
    return { switches: lostWires.length, ports: lost.length, orphans: orphans.length, moved: moved.length };
  },
};

async function vmName(tx: Reader, id: VmId): Promise<string> {
  const [row] = await tx
    .select({ name: sql<string>`${vms.name}` })
    .from(vms)
    .where(eq(vms.id, id));
  return row?.name ?? id;
}
