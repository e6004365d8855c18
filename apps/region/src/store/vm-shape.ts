/** VMs as the API shows them. Asked by the page's rows, so that a list of fifty costs a handful of queries. */
import { eq, inArray } from 'drizzle-orm';
import type { Vm, VmId, VmSummary } from '@basalt/contract';
import type { Reader } from './database.ts';
import { sequenceNow } from './page.ts';
import { computeClusters, hosts, images, networks, storageClusters, vms } from './schema/index.ts';
import { tasksActiveOf } from './task.ts';
import { vmDisks, vmNics, type VmRow } from './vm.ts';

export interface VmJoined {
  readonly vm: VmRow;
  readonly hostName: string | null;
  readonly clusterName: string;
  readonly imageName: string | null;
}

export const vmJoined = (db: Reader) =>
  db
    .select({ vm: vms, hostName: hosts.name, clusterName: computeClusters.name, imageName: images.name })
    .from(vms)
    .innerJoin(computeClusters, eq(computeClusters.id, vms.clusterId))
    .leftJoin(hosts, eq(hosts.id, vms.hostId))
    .leftJoin(images, eq(images.id, vms.imageId));

/** @param version sequence number read before the rows */
export async function vmSummariesOf(db: Reader, rows: readonly VmJoined[], version: number): Promise<VmSummary[]> {
  const ids = rows.map((row) => row.vm.id);
  const nics = await vmNics(db, ids);
  const active = await tasksActiveOf(db, ids);
  const addresses = Map.groupBy(nics, (nic) => nic.vmId);
  return rows.map(({ vm, hostName, clusterName, imageName }) => {
    const task = active.get(vm.id);
    return {
      id: vm.id,
      name: vm.name,
      note: vm.note,
      state: vm.state,
      reason: vm.reason,
      progress: task?.progress ?? null,
      task: task ? { id: task.id, kind: task.kind, step: task.currentStep } : null,
      host: vm.hostId && hostName !== null ? { id: vm.hostId, name: hostName } : null,
      cluster: { id: vm.clusterId, name: clusterName },
      image: vm.imageId && imageName !== null ? { id: vm.imageId, name: imageName } : null,
      vcpu: vm.vcpu,
      memory: vm.memory,
      addresses: (addresses.get(vm.id) ?? []).flatMap((nic) => nic.address ?? []),
      protected: vm.protected,
      owner: { id: vm.ownerId, name: vm.ownerName },
      createdAt: vm.createdAt.toISOString(),
      stateSince: vm.stateSince.toISOString(),
      version,
    };
  });
}

/** List forms by id; destroyed ones are left out. */
export async function vmSummaries(db: Reader, ids: readonly VmId[]): Promise<VmSummary[]> {
  if (ids.length === 0) return [];
  const version = await sequenceNow(db);
  const rows = await vmJoined(db).where(inArray(vms.id, [...ids]));
  return vmSummariesOf(
    db,
    rows.filter((row) => row.vm.state !== 'destroyed'),
    version,
  );
}

export const deviceName = (index: number): string => `vd${String.fromCodePoint('a'.codePointAt(0)! + index)}`;

export async function vmDetail(db: Reader, id: VmId): Promise<Vm | null> {
  const version = await sequenceNow(db);
  const [row] = await vmJoined(db).where(eq(vms.id, id));
  if (!row || row.vm.state === 'destroyed') return null;
  const [summary] = await vmSummariesOf(db, [row], version);
  if (!summary) return null;
  const ownDisks = await vmDisks(db, [id]);
  const ownNics = await vmNics(db, [id]);
  const storages = await db.select({ id: storageClusters.id, name: storageClusters.name }).from(storageClusters);
  const nets = ownNics.length
    ? await db
        .select({ id: networks.id, name: networks.name, vlan: networks.vlan })
        .from(networks)
        .where(
          inArray(
            networks.id,
            ownNics.map((nic) => nic.networkId),
          ),
        )
    : [];
  const { vm } = row;
  return {
    ...summary,
    hostName: vm.hostName,
    osFamily: vm.osFamily,
    firmware: vm.firmware,
    cpuMode: vm.cpuMode,
    dns: vm.dns,
    disks: ownDisks.map((disk) => ({
      id: disk.id,
      role: disk.role,
      device: deviceName(disk.index),
      name: disk.name,
      size: disk.size,
      used: disk.usedBytes,
      state: disk.state,
      storageCluster: {
        id: disk.storageClusterId,
        name: storages.find((s) => s.id === disk.storageClusterId)?.name ?? '',
      },
    })),
    nics: ownNics.map((nic) => {
      const network = nets.find((n) => n.id === nic.networkId);
      return {
        id: nic.id,
        index: nic.index,
        network: { id: nic.networkId, name: network?.name ?? '', vlan: network?.vlan ?? 0 },
        mac: nic.mac,
        address: nic.address,
        model: nic.model,
        up: nic.up,
      };
    }),
    guest: vm.guest,
    deletedAt: vm.deletedAt?.toISOString() ?? null,
    startedAt: vm.startedAt?.toISOString() ?? null,
  };
}
