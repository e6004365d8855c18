/**
 * The VM list. Made for 100 000 rows: the page's ids come from one index walk in the order asked for (by cursor without
 * counting rows before it), search by trigrams, counts for total and facets from one grouped scan whose result is kept
 * until something changes.
 */
import { and, eq, inArray, sql, type SQL } from 'drizzle-orm';
import type { ClusterId, HostId, ImageId, NetworkId, VmState, VmSummary } from '@basalt/contract';
import type { Database, Reader } from './database.ts';
import { cursorMake, cursorOpen, likePattern, sequenceNow, type PageInput } from './page.ts';
import { hosts, nics, vms } from './schema/index.ts';
import type { Reach } from '../domain/rights.ts';
import { vmReach } from './reach.ts';
import { vmSummariesPrepared, vmSummariesSelect, type SummaryPage } from './vm-shape.ts';

export interface VmQuery extends PageInput {
  readonly search?: string | undefined;
  readonly sort: {
    readonly field: 'name' | 'state' | 'host' | 'vcpu' | 'memory' | 'createdAt' | 'address';
    readonly order: 'asc' | 'desc';
  };
  readonly filter: {
    readonly state?: readonly VmState[] | undefined;
    readonly hostId?: readonly HostId[] | undefined;
    readonly clusterId?: readonly ClusterId[] | undefined;
    readonly networkId?: readonly NetworkId[] | undefined;
    readonly imageId?: readonly ImageId[] | undefined;
    readonly ownerId?: readonly string[] | undefined;
  };
  readonly reach: Reach;
}

export interface VmPage {
  readonly items: VmSummary[];
  readonly total: number;
  readonly nextCursor: string | null;
  readonly sequence: number;
  readonly facets: { readonly state: Record<string, number>; readonly host: Record<string, number> };
}

type Cursor = readonly [value: string | number | null, id: string];
const isCursor = (v: unknown): v is Cursor =>
  Array.isArray(v) &&
  v.length === 2 &&
  typeof v[1] === 'string' &&
  /^[0-9a-f-]{36}$/u.test(v[1]) &&
  (v[0] === null || typeof v[0] === 'string' || typeof v[0] === 'number');

/** Expression, and the type a cursor's value has in it. */
const sortBy: Readonly<Record<VmQuery['sort']['field'], { readonly by: SQL; readonly type: SQL }>> = {
  name: { by: sql`${vms.name}`, type: sql`text` },
  state: { by: sql`${vms.state}`, type: sql`text` },
  host: { by: sql`${hosts.name}`, type: sql`text` },
  vcpu: { by: sql`${vms.vcpu}`, type: sql`int` },
  memory: { by: sql`${vms.memory}`, type: sql`bigint` },
  createdAt: { by: sql`${vms.createdAt}`, type: sql`timestamptz` },
  address: { by: sql`${vms.firstAddress}`, type: sql`inet` },
};

/** Rows behind the cursor in the present order; PostgreSQL puts null last when ascending, first when descending. */
function behind({ by, type }: { by: SQL; type: SQL }, order: 'asc' | 'desc', [value, id]: Cursor): SQL {
  if (order === 'asc')
    return value === null
      ? sql`(${by} is null and ${vms.id} > ${id}::uuid)`
      : sql`((${by}, ${vms.id}) > (${value}::${type}, ${id}::uuid) or ${by} is null)`;
  return value === null
    ? sql`((${by} is null and ${vms.id} < ${id}::uuid) or ${by} is not null)`
    : sql`(${by}, ${vms.id}) < (${value}::${type}, ${id}::uuid)`;
}

function conditions(query: VmQuery): SQL | undefined {
  const { filter, search } = query;
  return and(
    // the recycle bin has its own place; asked for by name it is shown
    filter.state?.includes('deleted')
      ? sql`${vms.state} <> 'destroyed'`
      : sql`${vms.state} not in ('deleted', 'destroyed')`,
    filter.clusterId ? inArray(vms.clusterId, [...filter.clusterId]) : undefined,
    filter.imageId ? inArray(vms.imageId, [...filter.imageId]) : undefined,
    filter.ownerId ? sql`${vms.ownerId} in ${[...filter.ownerId]}` : undefined,
    filter.networkId
      ? sql`exists (select 1 from ${nics} where ${nics.vmId} = ${vms.id} and ${inArray(nics.networkId, [...filter.networkId])})`
      : undefined,
    search ? sql`${vms.search} like ${likePattern(search)}` : undefined,
    vmReach(query.reach),
  );
}

interface Counts {
  readonly total: number;
  readonly state: Record<string, number>;
  readonly host: Record<string, number>;
}

/** Facets leave out their own field's condition, so one scan groups by both fields and everything is summed from it. */
async function counts(db: Reader, query: VmQuery, base: SQL | undefined): Promise<Counts> {
  const groups = await db
    .select({ state: vms.state, hostId: vms.hostId, n: sql<number>`count(*)::int` })
    .from(vms)
    .where(base)
    .groupBy(vms.state, vms.hostId);
  const result = { total: 0, state: {} as Record<string, number>, host: {} as Record<string, number> };
  for (const { state, hostId, n } of groups) {
    const stateMatches = query.filter.state?.includes(state) ?? true;
    const hostMatches = query.filter.hostId ? hostId !== null && query.filter.hostId.includes(hostId) : true;
    if (stateMatches && hostMatches) result.total += n;
    if (hostMatches) result.state[state] = (result.state[state] ?? 0) + n;
    if (stateMatches && hostId) result.host[hostId] = (result.host[hostId] ?? 0) + n;
  }
  return result;
}

/** Counts of the last few conditions, good while the outbox stands where it stood. One per process and database. */
export class VmCountCache {
  readonly #kept = new Map<string, { readonly sequence: number; readonly counts: Promise<Counts> }>();

  async of(db: Reader, query: VmQuery, base: SQL | undefined, sequence: number): Promise<Counts> {
    const key = JSON.stringify([query.search ?? '', query.filter, query.reach]);
    const kept = this.#kept.get(key);
    if (kept?.sequence === sequence) return kept.counts;
    const made = counts(db, query, base);
    this.#kept.delete(key);
    this.#kept.set(key, { sequence, counts: made });
    if (this.#kept.size > 64) this.#kept.delete(this.#kept.keys().next().value ?? '');
    made.catch(() => this.#kept.delete(key));
    return made;
  }
}

/** The page's ids in the order asked for, and one more, which tells whether there is a next page. */
function walkOf(query: VmQuery, base: SQL | undefined): SummaryPage {
  const sort = sortBy[query.sort.field];
  const direction = query.sort.order === 'asc' ? sql`asc` : sql`desc`;
  const cursor = query.cursor ? cursorOpen(query.cursor, isCursor) : null;
  const where = and(
    base,
    query.filter.state ? inArray(vms.state, [...query.filter.state]) : undefined,
    query.filter.hostId ? inArray(vms.hostId, [...query.filter.hostId]) : undefined,
    cursor ? behind(sort, query.sort.order, cursor) : undefined,
  );
  const join = query.sort.field === 'host' ? sql`left join ${hosts} on ${hosts.id} = ${vms.hostId}` : sql``;
  // numbers of the contract's integers, written out: not knowing them, PostgreSQL would plan for a tenth of all rows
  const [limit, offset] = [query.limit + 1, cursor ? 0 : (query.page - 1) * query.limit].map(Math.trunc);
  return {
    page: sql`select ${vms.id}, ${sort.by} from ${vms} ${join} where ${where ?? sql`true`}
    order by ${sort.by} ${direction}, ${vms.id} ${direction} limit ${sql.raw(String(limit))} offset ${sql.raw(String(offset))}`,
    order: sql`page.by ${direction}, page.id ${direction}`,
  };
}

/** The first page of everything: nothing of the question but order and length is in its statement. */
const isPlain = ({ cursor, page, search, filter, reach }: VmQuery): boolean =>
  !cursor && page === 1 && !search && reach === 'all' && Object.values(filter).every((value) => value === undefined);
const plainName = ({ sort, limit }: VmQuery): string => `vm_page_${sort.field}_${sort.order}_${limit}`;

/** @param read the change sequence, if it has been read since the question came */
export async function vmPage(db: Reader, query: VmQuery, cache: VmCountCache, read?: number): Promise<VmPage> {
  const sequence = read ?? (await sequenceNow(db));
  const base = conditions(query);
  const walk = isPlain(query) && '$client' in db ? null : walkOf(query, base);
  const [totals, found] = await Promise.all([
    cache.of(db, query, base, sequence),
    walk
      ? vmSummariesSelect(db, walk, sequence)
      : vmSummariesPrepared(db as Database, plainName(query), () => walkOf(query, base), sequence),
  ]);
  const page = found.slice(0, query.limit);
  const last = page.at(-1);
  return {
    items: page.map(({ vm }) => vm),
    total: totals.total,
    nextCursor: found.length > query.limit && last ? cursorMake([last.by, last.vm.id] satisfies Cursor) : null,
    sequence,
    facets: { state: totals.state, host: totals.host },
  };
}

export const vmCountsByState = async (db: Reader): Promise<Record<string, number>> => {
  const rows = await db
    .select({ state: vms.state, n: sql<number>`count(*)::int` })
    .from(vms)
    .where(sql`${vms.state} not in ('deleted', 'destroyed')`)
    .groupBy(vms.state);
  return Object.fromEntries(rows.map((row) => [row.state, row.n]));
};

export const vmFailed = (db: Reader) =>
  db
    .select({ id: vms.id, name: vms.name, since: vms.stateSince, reason: vms.reason })
    .from(vms)
    .where(eq(vms.state, 'error'))
    .limit(50);
