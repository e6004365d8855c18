/** Typed builders of the operations of a transaction (RFC 7047 §5.2). They send nothing. */
import { decodeRow, encodeRow, encodeValue } from './codec.ts';
import type { ColumnSpec, DatabaseSchema, NamedUuid, Uuid, Writable, WritableRow } from './schema.ts';

/** One operation as it goes over the wire. */
export interface Operation {
  readonly op: string;
  readonly table?: string;
  readonly [member: string]: unknown;
}

/** What one operation gave back. */
export interface OperationResult {
  readonly uuid?: readonly ['uuid', Uuid];
  readonly count?: number;
  readonly rows?: readonly Readonly<Record<string, unknown>>[];
}

type Fn = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'includes' | 'excludes';
type Name<Row> = Exclude<keyof Row, '_uuid'> & string;

/** `[column, function, value]`; `_uuid` compares with a row's UUID or the name of a row of this transaction. */
export type Condition<Row> =
  | readonly ['_uuid', '==' | '!=', Uuid | NamedUuid]
  | { [C in Name<Row>]: readonly [C, Fn, Writable<Row[C]>] }[Name<Row>];

/** `[column, mutator, value]`; for sets and maps insert and delete. Deleting map keys takes `keys` instead. */
export type Mutation<Row> =
  | { [C in Name<Row>]: readonly [C, 'insert' | 'delete', Writable<Row[C]>] }[Name<Row>]
  | readonly [Name<Row>, '+=' | '-=', number]
  | readonly [Name<Row>, 'delete-keys', readonly string[]];

/** Builders for one database. `const nb = operations(ovnNorthbound)`. */
export interface Operations<Tables> {
  /** Inserts a row; give `name` to refer to it elsewhere in the transaction. */
  insert<T extends keyof Tables & string>(table: T, row: WritableRow<Tables[T]>, name?: NamedUuid): Operation;
  update<T extends keyof Tables & string>(
    table: T,
    where: readonly Condition<Tables[T]>[],
    row: WritableRow<Tables[T]>,
  ): Operation;
  mutate<T extends keyof Tables & string>(
    table: T,
    where: readonly Condition<Tables[T]>[],
    mutations: readonly Mutation<Tables[T]>[],
  ): Operation;
  delete<T extends keyof Tables & string>(table: T, where: readonly Condition<Tables[T]>[]): Operation;
  /** Reads rows as the transaction sees them; decode the answer with `rows`. */
  select<T extends keyof Tables & string>(table: T, where: readonly Condition<Tables[T]>[]): Operation;
  /**
   * Fails the transaction unless the columns of the matching rows are exactly these: the optimistic lock.
   * An empty `rows` demands that nothing matches.
   */
  wait<T extends keyof Tables & string>(
    table: T,
    where: readonly Condition<Tables[T]>[],
    columns: readonly (Name<Tables[T]> | '_uuid')[],
    rows: readonly (WritableRow<Tables[T]> & { readonly _uuid?: Uuid })[],
  ): Operation;
  /** Decodes the rows that a `select` of this table gave. */
  rows<T extends keyof Tables & string>(table: T, result: OperationResult | undefined): Tables[T][];
}

/** Makes the builders for a generated schema. */
export function operations<Tables>(schema: DatabaseSchema<Tables>): Operations<Tables> {
  const tables: Readonly<Record<string, { readonly columns: Readonly<Record<string, ColumnSpec>> }>> = schema.tables;
  const columnsOf = (table: string): Readonly<Record<string, ColumnSpec>> => {
    const spec = tables[table];
    if (spec === undefined) throw new TypeError(`${schema.name} has no table ${table}`);
    return spec.columns;
  };
  const uuidSpec: ColumnSpec = { kind: 'scalar', key: 'uuid' };
  const specOf = (table: string, column: string): ColumnSpec => {
    const spec = column === '_uuid' ? uuidSpec : columnsOf(table)[column];
    if (spec === undefined) throw new TypeError(`${table} has no column ${column}`);
    return spec;
  };
  const encodeWhere = (table: string, where: readonly (readonly [string, string, unknown])[]): unknown[] =>
    where.map(([column, fn, value]) => [column, fn, encodeValue(specOf(table, column), value)]);
  const encodeMutation = (table: string, [column, mutator, value]: readonly [string, string, unknown]): unknown => {
    if (mutator === 'delete-keys') return [column, 'delete', ['set', value]];
    if (mutator === '+=' || mutator === '-=') return [column, mutator, value];
    return [column, mutator, encodeValue(specOf(table, column), value)];
  };
  return {
    insert: (table, row, name) => ({
      op: 'insert',
      table,
      row: encodeRow(columnsOf(table), row),
      ...(name === undefined ? {} : { 'uuid-name': name.named }),
    }),
    update: (table, where, row) => ({
      op: 'update',
      table,
      where: encodeWhere(table, where),
      row: encodeRow(columnsOf(table), row),
    }),
    mutate: (table, where, mutations) => ({
      op: 'mutate',
      table,
      where: encodeWhere(table, where),
      mutations: mutations.map((mutation) => encodeMutation(table, mutation)),
    }),
    delete: (table, where) => ({ op: 'delete', table, where: encodeWhere(table, where) }),
    select: (table, where) => ({ op: 'select', table, where: encodeWhere(table, where) }),
    wait: (table, where, columns, rows) => ({
      op: 'wait',
      table,
      timeout: 0,
      where: encodeWhere(table, where),
      columns,
      until: '==',
      rows: rows.map(({ _uuid, ...row }) => ({
        ...encodeRow(columnsOf(table), row),
        ...(_uuid === undefined ? {} : { _uuid: ['uuid', _uuid] }),
      })),
    }),
    rows: <T extends keyof Tables & string>(table: T, result: OperationResult | undefined): Tables[T][] =>
      (result?.rows ?? []).map((wire) => {
        const id = wire['_uuid'];
        const uuid = Array.isArray(id) ? (id[1] as Uuid) : ('' as Uuid);
        return decodeRow(columnsOf(table), uuid, wire) as Tables[T];
      }),
  };
}
