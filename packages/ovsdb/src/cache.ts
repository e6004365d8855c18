/** A monitored part of a database held in memory: typed rows, changes as they come, repaired after a reconnect. */
import { applyDiff, decodeRow } from './codec.ts';
import type { AnyRow, ColumnSpec, DatabaseSchema, Uuid } from './schema.ts';

/** Tables to monitor, each with the columns wanted or 'all'. */
export type MonitorSpec<Tables> = {
  readonly [T in keyof Tables]?: readonly Exclude<keyof Tables[T], '_uuid'>[] | 'all';
};

/** A row with the columns that were asked for. */
export type CachedRow<
  Tables,
  Spec extends MonitorSpec<Tables>,
  T extends keyof Tables,
> = Spec[T] extends readonly (infer C)[] ? Pick<Tables[T], (C | '_uuid') & keyof Tables[T]> : Tables[T];

/** One change of one row. `table` tells which row type it is. */
export type TableChange<Tables, Spec extends MonitorSpec<Tables>> = {
  [T in keyof Spec & keyof Tables]:
    | { readonly table: T; readonly type: 'insert'; readonly uuid: Uuid; readonly row: CachedRow<Tables, Spec, T> }
    | {
        readonly table: T;
        readonly type: 'modify';
        readonly uuid: Uuid;
        readonly row: CachedRow<Tables, Spec, T>;
        readonly old: CachedRow<Tables, Spec, T>;
      }
    | { readonly table: T; readonly type: 'delete'; readonly uuid: Uuid; readonly old: CachedRow<Tables, Spec, T> };
}[keyof Spec & keyof Tables];

/** Wire form of updates2/updates3 (ovsdb-server(7), "Update2 Notification"). */
export type WireUpdates = Readonly<Record<string, Readonly<Record<string, WireRowUpdate>>>>;
type WireRow = Readonly<Record<string, unknown>>;
interface WireRowUpdate {
  readonly initial?: WireRow;
  readonly insert?: WireRow;
  readonly modify?: WireRow;
  readonly delete?: null;
}

interface Table {
  readonly columns: Readonly<Record<string, ColumnSpec>>;
  readonly names: readonly string[];
  readonly rows: Map<Uuid, AnyRow>;
}

const sameRow = (a: AnyRow, b: AnyRow): boolean => {
  const canonical = (row: AnyRow): string =>
    JSON.stringify(row, (_key, value: unknown) => {
      if (Array.isArray(value)) return value.map(String).toSorted();
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(Object.entries(value).toSorted(([x], [y]) => (x < y ? -1 : 1)));
    });
  return canonical(a) === canonical(b);
};

/** Read it freely; only the client writes to it. Rows are replaced, never changed in place. */
export class TableCache<Tables, Spec extends MonitorSpec<Tables>> {
  readonly #tables = new Map<string, Table>();
  readonly #changeListeners = new Set<(change: TableChange<Tables, Spec>) => void>();
  readonly #syncListeners = new Set<() => void>();

  constructor(schema: DatabaseSchema<Tables>, spec: Spec) {
    const tables: Readonly<Record<string, { readonly columns: Readonly<Record<string, ColumnSpec>> }>> = schema.tables;
    for (const [name, wanted] of Object.entries<readonly PropertyKey[] | 'all' | undefined>(spec)) {
      const columns = tables[name]?.columns;
      if (columns === undefined || wanted === undefined) continue;
      const names = wanted === 'all' ? Object.keys(columns) : wanted.map(String);
      this.#tables.set(name, { columns, names, rows: new Map() });
    }
  }

  /** The row with this UUID, if monitored and present. */
  get<T extends keyof Spec & keyof Tables & string>(table: T, uuid: Uuid): CachedRow<Tables, Spec, T> | undefined {
    return this.#tables.get(table)?.rows.get(uuid) as CachedRow<Tables, Spec, T> | undefined;
  }

  /** All rows of a table, in no particular order. */
  rows<T extends keyof Spec & keyof Tables & string>(table: T): CachedRow<Tables, Spec, T>[] {
    return [...(this.#tables.get(table)?.rows.values() ?? [])] as CachedRow<Tables, Spec, T>[];
  }

  /** Number of rows of a table. */
  size(table: keyof Spec & keyof Tables & string): number {
    return this.#tables.get(table)?.rows.size ?? 0;
  }

  /** Calls back for every change, also those found by a resync; returns the way to stop. */
  onChange(listener: (change: TableChange<Tables, Spec>) => void): () => void {
    this.#changeListeners.add(listener);
    return () => this.#changeListeners.delete(listener);
  }

  /** Calls back each time the cache has (again) caught up with the server. */
  onSync(listener: () => void): () => void {
    this.#syncListeners.add(listener);
    return () => this.#syncListeners.delete(listener);
  }

  /** @internal The `monitor_requests` member of a monitor call. */
  get requests(): Record<string, readonly { readonly columns: readonly string[] }[]> {
    return Object.fromEntries([...this.#tables].map(([name, { names }]) => [name, [{ columns: names }]]));
  }

  /** @internal Applies increments. */
  apply(updates: WireUpdates): void {
    for (const [name, rows] of Object.entries(updates)) {
      const table = this.#tables.get(name);
      if (table === undefined) continue;
      for (const [id, update] of Object.entries(rows)) this.#applyRow(name, table, id as Uuid, update);
    }
  }

  /** @internal Takes a complete picture: what is not in it is gone. */
  replace(updates: WireUpdates): void {
    for (const [name, table] of this.#tables) {
      const present = updates[name] ?? {};
      for (const uuid of table.rows.keys()) if (!(uuid in present)) this.#remove(name, table, uuid);
      for (const [id, update] of Object.entries(present)) this.#applyRow(name, table, id as Uuid, update);
    }
  }

  /** @internal */
  synced(): void {
    for (const listener of this.#syncListeners) listener();
  }

  #applyRow(name: string, table: Table, uuid: Uuid, update: WireRowUpdate): void {
    const whole = update.initial ?? update.insert;
    const old = table.rows.get(uuid);
    if (whole !== undefined) this.#put(name, table, decodeRow(table.columns, uuid, whole, table.names));
    else if (update.modify !== undefined) {
      if (old === undefined) return;
      const row: Record<string, unknown> & { _uuid: Uuid } = { ...old, _uuid: uuid };
      for (const [column, diff] of Object.entries(update.modify)) {
        const spec = table.columns[column];
        if (spec !== undefined) row[column] = applyDiff(spec, old[column], diff);
      }
      this.#put(name, table, row);
    } else if ('delete' in update) this.#remove(name, table, uuid);
  }

  #put(name: string, table: Table, row: AnyRow): void {
    const old = table.rows.get(row._uuid);
    if (old !== undefined && sameRow(old, row)) return;
    table.rows.set(row._uuid, row);
    this.#emit({
      table: name,
      type: old === undefined ? 'insert' : 'modify',
      uuid: row._uuid,
      row,
      ...(old && { old }),
    });
  }

  #remove(name: string, table: Table, uuid: Uuid): void {
    const old = table.rows.get(uuid);
    if (old === undefined) return;
    table.rows.delete(uuid);
    this.#emit({ table: name, type: 'delete', uuid, old });
  }

  #emit(change: { table: string; type: string; uuid: Uuid; row?: AnyRow; old?: AnyRow }): void {
    for (const listener of this.#changeListeners) listener(change as TableChange<Tables, Spec>);
  }
}
