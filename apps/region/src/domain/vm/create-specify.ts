/** First half of a creation: what is asked for, with names resolved, defaults filled in and limits checked. No writes. */
import { BasaltError, type BasaltError as Refusal, type NetworkId, type VmCreateInput } from '@basalt/contract';
import {
  clusterById,
  clusterDefault,
  flavorById,
  storageById,
  type ClusterRow,
  type StorageRow,
} from '../../store/cluster.ts';
import type { Tx } from '../../store/database.ts';
import { imageShare, type ImageRow } from '../../store/image.ts';
import { networksByIds, type NetworkWithSubnet } from '../../store/network.ts';
import { macOwners, vmNamesTaken } from '../../store/vm.ts';
import { addressBar } from '../../ipam/range.ts';
import { actionDemand, existing, gibText, invalid, notFound, refused } from '../refusal.ts';

/** Told every refusal; `create` throws at the first, `preview` collects. */
export type Refuse = (error: Refusal) => void;

export interface Specified {
  readonly names: readonly string[];
  readonly image: ImageRow;
  readonly cluster: ClusterRow;
  readonly flavorId: VmCreateInput['flavorId'] | null;
  readonly vcpu: number;
  readonly memory: number;
  readonly systemStorage: StorageRow;
  readonly dataStorages: readonly StorageRow[];
  readonly networks: readonly NetworkWithSubnet[];
  /** Null = of its name. */
  readonly hostNames: readonly string[];
}

/** `web` → `web-01`, `web-02` … as many digits as the greatest number needs, two at least. */
export function batchNames(name: string, count: number, startIndex: number): string[] {
  if (count === 1) return [name];
  const width = Math.max(2, String(startIndex + count - 1).length);
  return Array.from({ length: count }, (_, i) => `${name}-${String(startIndex + i).padStart(width, '0')}`);
}

/** A guest's host name out of a display name, or of the id's end when nothing of it can stand in one. */
export function hostNameOf(name: string, windows: boolean): string {
  const slug = name
    .normalize('NFKD')
    .replaceAll(/[^A-Za-z0-9]+/gu, '-')
    .replaceAll(/^-+|-+$/gu, '')
    .toLowerCase();
  const cut = slug.slice(0, windows ? 15 : 63).replaceAll(/-+$/gu, '');
  return /^(?!\d+$)[a-z0-9-]{2,}$/u.test(cut) ? cut : `vm-${cut || 'guest'}`;
}

async function sizeOf(tx: Tx, input: VmCreateInput, refuse: Refuse): Promise<{ vcpu: number; memory: number }> {
  const flavor = input.flavorId ? existing(await flavorById(tx, input.flavorId), 'flavor', 'flavorId') : null;
  const vcpu = input.vcpu ?? flavor?.vcpu;
  const memory = input.memory ?? flavor?.memory;
  if (vcpu === undefined || memory === undefined)
    refuse(invalid('flavorId', '请选择规格或填写 vCPU 与内存', 'choose a flavour or give vCPU and memory'));
  return { vcpu: vcpu ?? 1, memory: memory ?? 0 };
}

function nicsCheck(input: VmCreateInput, networks: readonly NetworkWithSubnet[], refuse: Refuse): void {
  const asked = new Set<string>();
  input.nics.forEach((nic, i) => {
    const found = networks.find((n) => n.network.id === nic.networkId);
    if (!found) return refuse(notFound('network', `nics.${i}.networkId`));
    const { network, subnet } = found;
    if (network.state !== 'available')
      refuse(
        refused(`网络 ${network.name} 不可用`, `The network ${network.name} is not available`, `nics.${i}.networkId`),
      );
    if (input.count > 1 && (nic.address || nic.mac))
      refuse(
        invalid(
          `nics.${i}.${nic.address ? 'address' : 'mac'}`,
          '批量创建时不能指定 IP 或 MAC 地址',
          'cannot be chosen when several are created at once',
        ),
      );
    if (!nic.address) return;
    const range = subnet?.cidr ?? network.name;
    if (!subnet || addressBar(subnet, nic.address) !== null || asked.has(`${network.id} ${nic.address}`))
      refuse(new BasaltError('addressOutOfRange', { address: nic.address, range }, { field: `nics.${i}.address` }));
    asked.add(`${network.id} ${nic.address}`);
  });
}

async function macsCheck(tx: Tx, input: VmCreateInput, refuse: Refuse): Promise<void> {
  const macs = input.nics.map((nic) => nic.mac);
  const owners = await macOwners(
    tx,
    macs.flatMap((mac) => mac ?? []),
  );
  macs.forEach((mac, i) => {
    const owner = mac && (owners.get(mac) ?? (macs.indexOf(mac) < i ? input.name : undefined));
    if (mac && owner) refuse(new BasaltError('macTaken', { mac, owner }, { field: `nics.${i}.mac` }));
  });
}

export async function createSpecify(tx: Tx, input: VmCreateInput, refuse: Refuse): Promise<Specified> {
  const names = batchNames(input.name, input.count, input.startIndex);
  if (names.some((name) => name.length > 128)) refuse(invalid('name', '最多 128 个字符', 'at most 128 characters'));
  const taken = await vmNamesTaken(tx, names);
  if (taken[0] !== undefined) refuse(new BasaltError('nameTaken', { name: taken[0] }, { field: 'name' }));

  const image = existing(await imageShare(tx, input.imageId), 'image', 'imageId');
  try {
    actionDemand('image', image.state, 'createVm', 'imageId');
  } catch (error) {
    if (!(error instanceof BasaltError)) throw error;
    refuse(error);
  }
  const cluster = existing(
    input.clusterId ? await clusterById(tx, input.clusterId) : await clusterDefault(tx),
    'cluster',
    'clusterId',
  );
  if (image.architecture !== cluster.architecture)
    refuse(
      refused('镜像架构与集群不一致', 'The architecture of the image differs from that of the cluster', 'imageId'),
    );
  const size = await sizeOf(tx, input, refuse);
  if (image.virtualSize !== null && input.systemDisk.size < image.virtualSize)
    refuse(new BasaltError('diskTooSmall', { needed: gibText(image.virtualSize) }, { field: 'systemDisk.size' }));
  if (input.password !== undefined && !image.cloudInit)
    refuse(invalid('password', '该镜像不支持 cloud-init', 'this image has no cloud-init'));

  const storage = async (id: typeof image.storageClusterId | undefined, field: string): Promise<StorageRow> =>
    existing(await storageById(tx, id ?? image.storageClusterId), 'storageCluster', field);
  const dataStorages: StorageRow[] = [];
  for (const [i, disk] of input.dataDisks.entries())
    dataStorages.push(await storage(disk.storageClusterId, `dataDisks.${i}.storageClusterId`));

  const networks = await networksByIds(
    tx,
    input.nics.map((nic): NetworkId => nic.networkId),
  );
  nicsCheck(input, networks, refuse);
  await macsCheck(tx, input, refuse);

  const windows = image.osFamily === 'windows';
  if (windows && input.hostName && (input.hostName.length > 15 || input.hostName.includes('.')))
    refuse(
      invalid(
        'hostName',
        'Windows 主机名为 2–15 个字符，不能含点',
        'Windows host names have 2–15 characters and no dot',
      ),
    );
  const hostNames = input.hostName
    ? batchNames(input.hostName, input.count, input.startIndex)
    : names.map((name) => hostNameOf(name, windows));
  return {
    names,
    image,
    cluster,
    flavorId: input.flavorId ?? null,
    ...size,
    systemStorage: await storage(input.systemDisk.storageClusterId, 'systemDisk.storageClusterId'),
    dataStorages,
    networks,
    hostNames,
  };
}
