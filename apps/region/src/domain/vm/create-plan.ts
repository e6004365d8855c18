/**
 * Second half of a creation: rows. Locks are taken in one order everywhere — placement, subnets, hosts — so that
 * creations side by side wait for each other and never in a circle. `preview` runs the same and rolls back.
 */
import { randomBytes } from 'node:crypto';
import {
  BasaltError,
  both,
  type DiskId,
  type NicId,
  type Placement,
  type StorageClusterId,
  type SubnetId,
  type VmCreateInput,
  type VmId,
} from '@basalt/contract';
import { newId } from '@basalt/service';
import { addressOwner, addressTake, addressTakeNext, subnetsLock, type SubnetRow } from '../../store/address.ts';
import { storageAllocated, type StorageRow } from '../../store/cluster.ts';
import type { Tx } from '../../store/database.ts';
import { macOwners, type NicInsert } from '../../store/vm.ts';
import type { Candidate } from '../../scheduler/place.ts';
import { gibText } from '../refusal.ts';
import type { Refuse, Specified } from './create-specify.ts';
import { placeDecide, placementRefusal } from './place.ts';

export interface PlannedVm {
  readonly id: VmId;
  readonly name: string;
  readonly hostName: string;
  readonly placement: Placement;
  readonly nics: readonly (NicInsert & { readonly networkName: string; readonly automatic: boolean })[];
  readonly disks: readonly {
    readonly id: DiskId;
    readonly role: 'system' | 'data';
    readonly size: number;
    readonly storageClusterId: StorageClusterId;
  }[];
}

export interface StorageNeed {
  readonly storage: StorageRow;
  readonly needed: number;
  readonly free: number;
  readonly total: number;
}

export interface Plan {
  readonly vms: readonly PlannedVm[];
  readonly candidates: readonly Candidate[];
  readonly storage: readonly StorageNeed[];
}

/** Locally administered, and unlikely to meet another: 32 random bits behind KVM's usual start. */
const macMake = (): string => `52:54:${[...randomBytes(4)].map((b) => b.toString(16).padStart(2, '0')).join(':')}`;

/** As many fresh MACs, none in use; the unique index still has the last word. */
export async function macsMake(tx: Tx, count: number): Promise<string[]> {
  const made = new Set<string>();
  while (made.size < count) {
    const fresh = Array.from({ length: count - made.size }, macMake).filter((mac) => !made.has(mac));
    const used = await macOwners(tx, fresh);
    for (const mac of fresh) if (!used.has(mac)) made.add(mac);
  }
  return [...made];
}

/** Input field of the n-th disk, the system disk first. */
const diskField = (n: number): string => (n <= 0 ? 'systemDisk.size' : `dataDisks.${n - 1}.size`);

async function storageNeeds(tx: Tx, input: VmCreateInput, spec: Specified, refuse: Refuse): Promise<StorageNeed[]> {
  const wanted = new Map<StorageRow, number>();
  const rows = [spec.systemStorage, ...spec.dataStorages];
  [input.systemDisk, ...input.dataDisks].forEach((disk, i) => {
    const row = rows.find((r) => r.id === rows[i]?.id);
    if (row) wanted.set(row, (wanted.get(row) ?? 0) + disk.size * input.count);
  });
  const needs: StorageNeed[] = [];
  for (const [storage, needed] of wanted) {
    if (storage.totalBytes === null) {
      needs.push({ storage, needed, free: needed, total: needed });
      continue;
    }
    const promised = (await storageAllocated(tx, storage.id)).get(storage.id) ?? 0;
    const total = Math.floor((storage.totalBytes * storage.overcommit) / 100);
    // a pool that is nearly full takes nothing new, whatever thin disks may still promise
    const full = (storage.usedBytes ?? 0) >= storage.totalBytes * 0.85;
    const free = full ? 0 : Math.max(0, total - promised);
    needs.push({ storage, needed, free, total });
    if (needed > free)
      refuse(
        new BasaltError(
          'capacityExceeded',
          {
            resource: both('存储容量', 'storage'),
            needed: gibText(needed),
            available: gibText(free),
            where: storage.name,
          },
          { field: diskField(rows.findIndex((row) => row.id === storage.id)) },
        ),
      );
  }
  return needs;
}

async function addressFor(
  tx: Tx,
  subnet: SubnetRow,
  network: string,
  wanted: string | undefined,
  holder: { readonly nicId: NicId; readonly vmId: VmId },
  field: string,
  refuse: Refuse,
): Promise<string | null> {
  if (wanted === undefined) {
    const address = await addressTakeNext(tx, subnet, holder);
    if (address === null) refuse(new BasaltError('addressesExhausted', { network }, { field }));
    return address;
  }
  if (await addressTake(tx, subnet.id, wanted, holder)) return wanted;
  const owner = (await addressOwner(tx, subnet.id, wanted)) ?? '?';
  refuse(new BasaltError('addressTaken', { address: wanted, owner }, { field }));
  return null;
}

async function nicsPlan(
  tx: Tx,
  input: VmCreateInput,
  spec: Specified,
  vmId: VmId,
  subnets: readonly SubnetRow[],
  macs: string[],
  refuse: Refuse,
): Promise<PlannedVm['nics']> {
  const planned: PlannedVm['nics'][number][] = [];
  for (const [index, nic] of input.nics.entries()) {
    const found = spec.networks.find((n) => n.network.id === nic.networkId);
    if (!found) continue;
    const id = newId<NicId>();
    const subnet = subnets.find((s) => s.networkId === nic.networkId);
    const field = `nics.${index}.address`;
    const holder = { nicId: id, vmId };
    planned.push({
      id,
      vmId,
      index,
      networkId: nic.networkId,
      subnetId: subnet?.id ?? null,
      mac: nic.mac ?? macs.pop() ?? macMake(),
      address: subnet ? await addressFor(tx, subnet, found.network.name, nic.address, holder, field, refuse) : null,
      model: nic.model,
      networkName: found.network.name,
      automatic: nic.address === undefined,
    });
  }
  return planned;
}

export async function createPlan(
  tx: Tx,
  input: VmCreateInput,
  spec: Specified,
  refuse: Refuse,
  cause: Placement['cause'],
): Promise<Plan> {
  const demand = {
    clusterId: spec.cluster.id,
    clusterName: spec.cluster.name,
    architecture: spec.image.architecture,
    // what is not started takes no room, only a place to be defined
    vcpu: input.start ? spec.vcpu : 0,
    memory: input.start ? spec.memory : 0,
    networks: [...new Set(spec.networks.map((n) => n.network.uplink))],
  };
  const { candidates, placements } = await placeDecide(
    tx,
    spec.cluster.id,
    spec.names.map(() => demand),
    cause,
  );
  const homeless = placements.find((p) => !p.chosen);
  if (homeless) refuse(placementRefusal(homeless, { candidates }, (rule) => (input.flavorId ? 'flavorId' : rule)));
  const storage = await storageNeeds(tx, input, spec, refuse);
  const subnets = await subnetsLock(
    tx,
    spec.networks.flatMap((n): SubnetId[] => (n.subnet ? [n.subnet.id] : [])),
  );
  const macs = await macsMake(tx, input.nics.length * spec.names.length);
  const vms: PlannedVm[] = [];
  for (const [i, name] of spec.names.entries()) {
    const id = newId<VmId>();
    const placement = placements[i];
    if (!placement) throw new Error('a demand without placement');
    vms.push({
      id,
      name,
      hostName: spec.hostNames[i] ?? 'vm',
      placement,
      nics: await nicsPlan(tx, input, spec, id, subnets, macs, refuse),
      disks: [
        { id: newId<DiskId>(), role: 'system', size: input.systemDisk.size, storageClusterId: spec.systemStorage.id },
        ...input.dataDisks.map((disk, d) => ({
          id: newId<DiskId>(),
          role: 'data' as const,
          size: disk.size,
          storageClusterId: spec.dataStorages[d]?.id ?? spec.systemStorage.id,
        })),
      ],
    });
  }
  return { vms, candidates, storage };
}
