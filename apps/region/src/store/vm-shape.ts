/**
 * VMs as the API shows them. A list is one statement: what a row is made of comes from six tables, and asking each of them
 * for itself cost more than PostgreSQL's answer.
 */
import { eq, inArray, sql, type SQL } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import pg from 'pg';
import type { ClusterId, HostId, ImageId, TaskId, Vm, VmId, VmState, VmSummary } from '@basalt/contract';
import type { Database, Reader } from './database.ts';
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
const dialect = new PgDialect();
const summarySelect = sql.raw(
  dialect.sqlToQuery(sql`
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

/** PostgreSQL's text of a time, `2026-05-01 12:34:56.789+00`, as ISO 8601 in milliseconds. */
export function instantIso(text: string): string {
  // a session in UTC, as ours are; the parser of Date costs more than all else of a row
  return text.length === 26 && text[10] === ' ' && text.endsWith('+00')
    ? `${text.slice(0, 10)}T${text.slice(11, 23)}Z`
    : new Date(text).toISOString();
}

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
  createdAt: instantIso(row.created_at),
  stateSince: instantIso(row.state_since),
  version,
});

export interface SummaryPage {
  /** A statement with the columns `id` and `by`. */
  readonly page: SQL;
  readonly order: SQL;
}

/** Behind `with`: the whole statement. */
const summaryStatement = ({ page, order }: SummaryPage): SQL =>
  sql`with page (id, by) as materialized (${page}) ${summarySelect} order by ${order}`;

interface SummaryFound {
  readonly vm: VmSummary;
  readonly by: string | number | null;
}
const foundOf = (rows: readonly SummaryRow[], version: number): SummaryFound[] =>
  rows.map((row) => ({ vm: summaryOf(row, version), by: row.by }));

/**
 * The list form of the VMs that the page selects.
 * @param version sequence number read before
 */
export async function vmSummariesSelect(db: Reader, page: SummaryPage, version: number): Promise<SummaryFound[]> {
  return foundOf((await db.execute<SummaryRow>(summaryStatement(page))).rows, version);
}

const PREPARED_MOST = 64;
const prepared = new Map<string, string>();
const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === pg.types.builtins.TIMESTAMPTZ ? (text: string) => text : pg.types.getTypeParser(oid, format),
};

/**
 * The same for a page without any parameter, by a statement that each connection plans once: planning takes as long as
 * reading fifty rows. As every connection keeps every such statement, there are few; a page that is none of them is asked
 * as any other.
 * @param name of the page: one for each text
 */
export async function vmSummariesPrepared(
  db: Database,
  name: string,
  page: () => SummaryPage,
  version: number,
): Promise<SummaryFound[]> {
  let text = prepared.get(name);
  if (text === undefined) {
    if (prepared.size >= PREPARED_MOST) return vmSummariesSelect(db, page(), version);
    const made = dialect.sqlToQuery(summaryStatement(page()));
    if (made.params.length > 0) throw new Error(`a page with parameters: ${name}`);
    prepared.set(name, (text = made.sql));
  }
  return foundOf((await db.$client.query<SummaryRow>({ name, text, types })).rows, version);
}

/** List forms by id; destroyed ones are left out. */
export async function vmSummaries(db: Reader, ids: readonly VmId[]): Promise<VmSummary[]> {
  if (ids.length === 0) return [];
  const version = await sequenceNow(db);
  const page = sql`select ${vms.id}, null from ${vms} where ${inArray(vms.id, [...ids])} and ${vms.state} <> 'destroyed'`;
  return (await vmSummariesSelect(db, { page, order: sql`page.id` }, version)).map(({ vm }) => vm);
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
