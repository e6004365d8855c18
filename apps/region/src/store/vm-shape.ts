/**
 * VMs as the API shows them. A list is one statement: what a row is made of comes from six tables, and asking each of them
 * for itself cost more than PostgreSQL's answer.
 */
import { eq, inArray, sql, type SQL } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import type { ClusterId, HostId, ImageId, TaskId, Vm, VmId, VmState, VmSummary } from '@basalt/contract';
import type { Reader } from './database.ts';
import { sequenceNow } from './page.ts';
import { computeClusters, hosts, images, networks, nics, storageClusters, tasks, vms } from './schema/index.ts';
import { vmDisks, vmNics } from './vm.ts';

/** A row of the statement below, as the driver gives it: 64-bit numbers and times are text. */
interface SummaryRow extends Record<string, unknown> {
  readonly id: VmId;
  readonly name: string;
  readonly note: string;
  readonly state: VmState;
  readonly reason: string | null;
  readonly host_id: HostId | null;
  readonly host_name: string | null;
  readonly cluster_id: ClusterId;
  readonly cluster_name: string;
  readonly image_id: ImageId | null;
  readonly image_name: string | null;
  readonly vcpu: number;
  readonly memory: string;
  readonly addresses: string | null;
  readonly protected: boolean;
  readonly owner_id: string;
  readonly owner_name: string;
  readonly created_at: string;
  readonly state_since: string;
  readonly task_id: TaskId | null;
  readonly task_kind: string;
  readonly task_step: string | null;
  readonly task_progress: number | null;
  /** What the rows were ordered by, if the page says so. */
  readonly by: string | number | null;
}

/**
 * Behind `with page (id, by) as …`; the newest active task of each VM is shown. Names are looked up by key, because planning
 * the order of six joins takes longer than fifty rows. Made into text once.
 */
const summarySelect = sql.raw(
  new PgDialect().sqlToQuery(sql`
  select ${vms.id}, ${vms.name}, ${vms.note}, ${vms.state}, ${vms.reason}, ${vms.hostId}, ${vms.clusterId}, ${vms.imageId},
    ${vms.vcpu}, ${vms.memory}, ${vms.protected}, ${vms.ownerId}, ${vms.ownerName}, ${vms.createdAt}, ${vms.stateSince},
    (select ${hosts.name} from ${hosts} where ${hosts.id} = ${vms.hostId}) as host_name,
    (select ${computeClusters.name} from ${computeClusters} where ${computeClusters.id} = ${vms.clusterId}) as cluster_name,
    (select ${images.name} from ${images} where ${images.id} = ${vms.imageId}) as image_name,
    (select string_agg(host(${nics.address}), ' ' order by ${nics.index}) from ${nics} where ${nics.vmId} = ${vms.id}) as addresses,
    active.id as task_id, active.kind as task_kind, active.current_step as task_step, active.progress as task_progress,
    page.by
  from page
  join ${vms} on ${vms.id} = page.id
  left join (
    select distinct on (target_id) target_id, id, kind, current_step, progress from ${tasks}
    where state in ('queued', 'running', 'undoing', 'parked') order by target_id, created_at desc, id desc
  ) active on active.target_id = ${vms.id}::text`).sql,
);

const summaryOf = (row: SummaryRow, version: number): VmSummary => ({
  id: row.id,
  name: row.name,
  note: row.note,
  state: row.state,
  reason: row.reason,
  progress: row.task_progress,
  task: row.task_id ? { id: row.task_id, kind: row.task_kind, step: row.task_step } : null,
  host: row.host_id && row.host_name !== null ? { id: row.host_id, name: row.host_name } : null,
  cluster: { id: row.cluster_id, name: row.cluster_name },
  image: row.image_id && row.image_name !== null ? { id: row.image_id, name: row.image_name } : null,
  vcpu: row.vcpu,
  memory: Number(row.memory),
  addresses: row.addresses?.split(' ') ?? [],
  protected: row.protected,
  owner: { id: row.owner_id, name: row.owner_name },
  createdAt: new Date(row.created_at).toISOString(),
  stateSince: new Date(row.state_since).toISOString(),
  version,
});

/**
 * The list form of the VMs that `page` selects, a statement with the columns `id` and `by`.
 * @param version sequence number read before
 */
export async function vmSummariesSelect(
  db: Reader,
  page: SQL,
  order: SQL,
  version: number,
): Promise<{ readonly vm: VmSummary; readonly by: string | number | null }[]> {
  const found = await db.execute<SummaryRow>(
    sql`with page (id, by) as materialized (${page}) ${summarySelect} order by ${order}`,
  );
  return found.rows.map((row) => ({ vm: summaryOf(row, version), by: row.by }));
}

/** List forms by id; destroyed ones are left out. */
export async function vmSummaries(db: Reader, ids: readonly VmId[]): Promise<VmSummary[]> {
  if (ids.length === 0) return [];
  const version = await sequenceNow(db);
  const page = sql`select ${vms.id}, null from ${vms} where ${inArray(vms.id, [...ids])} and ${vms.state} <> 'destroyed'`;
  return (await vmSummariesSelect(db, page, sql`page.id`, version)).map(({ vm }) => vm);
}

export const deviceName = (index: number): string => `vd${String.fromCodePoint('a'.codePointAt(0)! + index)}`;

export async function vmDetail(db: Reader, id: VmId): Promise<Vm | null> {
  const [summary] = await vmSummaries(db, [id]);
  const [vm] = await db.select().from(vms).where(eq(vms.id, id));
  if (!summary || !vm) return null;
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
