/**
 * The shape that tools/gen.ts gives a database schema: enough at run time to encode and decode rows, enough at
 * compile time that a misspelt column does not type-check.
 */
declare const uuidBrand: unique symbol;

/** The UUID of an existing row. */
export type Uuid = string & { readonly [uuidBrand]: true };

/** Stands for a row inserted by the same transaction. */
export interface NamedUuid {
  readonly named: string;
}

export type AtomType = 'string' | 'integer' | 'real' | 'boolean' | 'uuid';

/**
 * `scalar` = exactly one; `optional` = none or one (null in rows); `set` = array; `map` = plain record.
 */
export interface ColumnSpec {
  readonly kind: 'scalar' | 'optional' | 'set' | 'map';
  readonly key: AtomType;
  /** Type of the values of a map. */
  readonly value?: AtomType;
  /** Table that the column points to. */
  readonly ref?: string;
  /** Fewest elements a set must have; the server refuses a commit with fewer. */
  readonly min?: number;
}

export interface TableSchema<Row> {
  /** Rows of a non-root table vanish without error unless something refers to them. */
  readonly root: boolean;
  readonly columns: { readonly [C in Exclude<keyof Row, '_uuid'>]: ColumnSpec };
}

/** A whole database; `Tables` maps table names to row types. */
export interface DatabaseSchema<Tables> {
  readonly name: string;
  readonly version: string;
  readonly tables: { readonly [T in keyof Tables]: TableSchema<Tables[T]> };
}

/** Any row as the codec sees it. */
export type AnyRow = Readonly<Record<string, unknown>> & { readonly _uuid: Uuid };

/** A column's value as one may write it: references may also name rows of the same transaction. */
export type Writable<V> = V extends Uuid
  ? Uuid | NamedUuid
  : V extends readonly (infer E)[]
    ? readonly Writable<E>[]
    : V extends Readonly<Record<string, Uuid>>
      ? Readonly<Record<string, Uuid | NamedUuid>>
      : V;

/** Columns for insert and update; what is absent keeps its default or its value. */
export type WritableRow<Row> = { readonly [C in Exclude<keyof Row, '_uuid'>]?: Writable<Row[C]> };

let nextName = 0;

/** A fresh name for a row to be inserted, usable as a reference inside the same transaction. */
export function namedUuid(prefix = 'row'): NamedUuid {
  nextName = (nextName + 1) % Number.MAX_SAFE_INTEGER;
  return { named: `${prefix.replaceAll(/[^A-Za-z0-9_]/g, '_').replace(/^(?![A-Za-z_])/, '_')}_${nextName}` };
}

/** True for the text form of a UUID. */
export function isUuid(text: string): text is Uuid {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(text);
}
