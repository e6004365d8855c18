/** Everything in the database that carries our mark, so that a reconciler can find what nobody wants any more. */
import type { Uuid } from '../schema.ts';
import { MARK_ID, MARK_OWNER, type MarkedTable, type Northbound, transact } from './context.ts';

export interface OwnedRow {
  readonly table: Exclude<MarkedTable, 'ACL'>;
  readonly uuid: Uuid;
  /** Id of the thing the row stands for. */
  readonly id: string;
  readonly name: string;
  readonly externalIds: Readonly<Record<string, string>>;
}

const TABLES = ['Logical_Switch', 'Logical_Switch_Port', 'DHCP_Options', 'Port_Group', 'Meter'] as const;

/** All rows of ours, in one consistent read. Rules are left out: they live and die with their group. */
export async function ownedList(nb: Northbound): Promise<OwnedRow[]> {
  const { ops } = nb.client;
  const results = await transact(
    nb,
    TABLES.map((table) => ({
      ...ops.select(table, [['external_ids', 'includes', { [MARK_OWNER]: nb.owner }]]),
      columns: table === 'DHCP_Options' ? ['_uuid', 'external_ids'] : ['_uuid', 'external_ids', 'name'],
    })),
  );
  return TABLES.flatMap((table, index) =>
    ops.rows(table, results[index]).map((row) => ({
      table,
      uuid: row._uuid,
      id: row.external_ids[MARK_ID] ?? '',
      name: 'name' in row ? row.name : '',
      externalIds: row.external_ids,
    })),
  );
}
