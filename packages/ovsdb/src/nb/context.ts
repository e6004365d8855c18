/**
 * What all functions of the northbound model share: rows of ours carry two marks in external_ids, the id of the thing
 * they stand for and who owns them, so that an *ensure* finds its row again and a reconciler finds what nobody wants.
 */
import type { OvsdbClient } from '../client.ts';
import { encodeRow } from '../codec.ts';
import type { CallOptions } from '../connection.ts';
import { InvalidValueError, OvsdbError } from '../errors.ts';
import { ovnNorthbound, type OvnNorthboundTables } from '../gen/ovn-nb.ts';
import type { Operation, OperationResult } from '../operations.ts';
import type { ColumnSpec, Uuid, WritableRow } from '../schema.ts';
import { checkNote } from '../values.ts';

export const MARK_ID = 'basalt:id';
export const MARK_OWNER = 'basalt:owner';

/** Tables whose rows we mark. */
export type MarkedTable = 'Logical_Switch' | 'Logical_Switch_Port' | 'DHCP_Options' | 'Port_Group' | 'ACL' | 'Meter';

/** Hand this to every function of the model. */
export interface Northbound {
  readonly client: OvsdbClient<OvnNorthboundTables>;
  /** Who we are; only rows marked with it are listed, and no other row is ever touched. */
  readonly owner: string;
  /** Deadline of each transaction, ms. */
  readonly timeoutMs: number;
}

/** Whether an ensure found everything as wanted. */
export interface Ensured {
  readonly uuid: Uuid;
  readonly created: boolean;
  readonly changed: boolean;
}

/** @param owner who owns the rows, e.g. a region's id. */
export function northbound(
  client: OvsdbClient<OvnNorthboundTables>,
  options: { readonly owner: string; readonly timeoutMs?: number },
): Northbound {
  return { client, owner: checkNote(options.owner, 'owner'), timeoutMs: options.timeoutMs ?? 5000 };
}

/** Marks of a row; further external_ids may be added but not replace them. */
export function marks(
  nb: Northbound,
  id: string,
  extra: Readonly<Record<string, string>> = {},
): Record<string, string> {
  if (id === '') throw new InvalidValueError('id', 'is empty', id);
  for (const [key, value] of Object.entries(extra)) checkNote(value, `externalIds.${checkNote(key)}`);
  return { ...extra, [MARK_ID]: checkNote(id, 'id'), [MARK_OWNER]: nb.owner };
}

/** Condition that finds the row of ours with this id. */
export function marked(nb: Northbound, id: string): readonly ['external_ids', 'includes', Record<string, string>] {
  return ['external_ids', 'includes', { [MARK_ID]: id, [MARK_OWNER]: nb.owner }];
}

/** Runs a transaction under the model's deadline. */
export function transact(nb: Northbound, ops: readonly Operation[], options?: CallOptions): Promise<OperationResult[]> {
  return nb.client.transact(ops, { timeoutMs: nb.timeoutMs, ...options });
}

/** Repeats read-and-write while somebody else changes the rows in between; five collisions in a row are an error. */
export async function retried<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof OvsdbError && error.isConflict) || tries === 5) throw error;
    }
  }
}

/** Equality as OVSDB means it: sets without order, maps by key. */
function sameValue(spec: ColumnSpec, have: unknown, want: unknown): boolean {
  const canonical = (value: unknown): string => {
    if (spec.kind === 'set' && Array.isArray(value)) return JSON.stringify([...new Set(value.map(String))].toSorted());
    if (spec.kind === 'map' && typeof value === 'object' && value !== null) {
      return JSON.stringify(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
    }
    return JSON.stringify(value);
  };
  return canonical(have) === canonical(want);
}

/** The columns of `want` that `have` does not equal. */
export function difference<T extends MarkedTable>(
  table: T,
  have: OvnNorthboundTables[T],
  want: WritableRow<OvnNorthboundTables[T]>,
): Record<string, unknown> {
  const columns: Readonly<Record<string, ColumnSpec>> = ovnNorthbound.tables[table].columns;
  const held: Readonly<Record<string, unknown>> = { ...have };
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(want)) {
    const spec = columns[name];
    if (spec !== undefined && value !== undefined && !sameValue(spec, held[name], value)) out[name] = value;
  }
  return out;
}

/** An update of exactly these columns of one row. */
export function updateOf(table: MarkedTable, uuid: Uuid, columns: Readonly<Record<string, unknown>>): Operation {
  return {
    op: 'update',
    table,
    where: [['_uuid', '==', ['uuid', uuid]]],
    row: encodeRow(ovnNorthbound.tables[table].columns, columns),
  };
}

/** Fails the transaction if the row has gone. */
export function stillThere(table: MarkedTable, uuid: Uuid): Operation {
  const row = { _uuid: ['uuid', uuid] };
  return {
    op: 'wait',
    table,
    timeout: 0,
    where: [['_uuid', '==', row._uuid]],
    columns: ['_uuid'],
    until: '==',
    rows: [row],
  };
}

/** Fails the transaction if a row of ours with this id has appeared. */
export function stillAbsent(nb: Northbound, table: MarkedTable, id: string): Operation {
  const [column, fn, map] = marked(nb, id);
  const where = [[column, fn, ['map', Object.entries(map)]]];
  return { op: 'wait', table, timeout: 0, where, columns: ['_uuid'], until: '==', rows: [] };
}

/** Makes a root row be as given: inserts, updates what differs, or does nothing. */
export function rootRowEnsure<T extends 'Logical_Switch' | 'DHCP_Options'>(
  nb: Northbound,
  table: T,
  id: string,
  want: WritableRow<OvnNorthboundTables[T]>,
): Promise<Ensured> {
  return retried(async () => {
    const found = await rowFind(nb, table, id);
    if (found === undefined) {
      const row = encodeRow(ovnNorthbound.tables[table].columns, { ...want });
      const results = await transact(nb, [stillAbsent(nb, table, id), { op: 'insert', table, row }]);
      return { uuid: insertedUuid(results[1]), created: true, changed: true };
    }
    const changes = difference(table, found, want);
    if (Object.keys(changes).length === 0) return { uuid: found._uuid, created: false, changed: false };
    await transact(nb, [stillThere(table, found._uuid), updateOf(table, found._uuid, changes)]);
    return { uuid: found._uuid, created: false, changed: true };
  });
}

/** Our row with this id, or undefined. */
export async function rowFind<T extends MarkedTable>(
  nb: Northbound,
  table: T,
  id: string,
): Promise<OvnNorthboundTables[T] | undefined> {
  const [result] = await transact(nb, [rowSelect(nb, table, id)]);
  return nb.client.ops.rows(table, result)[0];
}

/** The select behind rowFind, to be combined with others in one round trip. */
export function rowSelect(nb: Northbound, table: MarkedTable, id: string): Operation {
  const [column, fn, map] = marked(nb, id);
  return { op: 'select', table, where: [[column, fn, ['map', Object.entries(map)]]] };
}

/** UUID that an insert gave. */
export function insertedUuid(result: OperationResult | undefined): Uuid {
  const uuid = result?.uuid?.[1];
  if (uuid === undefined) throw new OvsdbError('protocol', 'insert gave no UUID');
  return uuid;
}
