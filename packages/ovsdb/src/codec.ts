/** Between OVSDB's JSON notation (RFC 7047 §5.1) and plain TypeScript values, driven by the column's spec. */
import { OvsdbError } from './errors.ts';
import type { AtomType, ColumnSpec, NamedUuid, Uuid } from './schema.ts';

type Columns = Readonly<Record<string, ColumnSpec>>;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isNamed = (value: unknown): value is NamedUuid => isRecord(value) && typeof value['named'] === 'string';

function encodeAtom(type: AtomType, value: unknown): unknown {
  if (type === 'uuid') return isNamed(value) ? ['named-uuid', value.named] : ['uuid', value];
  if (type === 'integer') return typeof value === 'string' ? Number(value) : value;
  return value;
}

/** A column's value as the wire wants it. */
export function encodeValue(spec: ColumnSpec, value: unknown): unknown {
  if (spec.kind === 'scalar') return encodeAtom(spec.key, value);
  if (spec.kind === 'optional') return ['set', value === null ? [] : [encodeAtom(spec.key, value)]];
  if (spec.kind === 'set') {
    return ['set', (Array.isArray(value) ? value : []).map((element) => encodeAtom(spec.key, element))];
  }
  const entries = isRecord(value) ? Object.entries(value) : [];
  return ['map', entries.map(([key, item]) => [encodeAtom(spec.key, key), encodeAtom(spec.value ?? 'string', item)])];
}

/** Encodes the given columns of a row; columns that are undefined are left out. */
export function encodeRow(columns: Columns, row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(row)) {
    if (value === undefined) continue;
    const spec = columns[name];
    if (spec === undefined) throw new OvsdbError('protocol', `unknown column ${name}`);
    out[name] = encodeValue(spec, value);
  }
  return out;
}

function decodeAtom(type: AtomType, wire: unknown): unknown {
  if (type !== 'uuid') return wire;
  return Array.isArray(wire) ? wire[1] : wire;
}

function elementsOf(wire: unknown, tag: 'set' | 'map'): unknown[] {
  if (Array.isArray(wire) && wire[0] === tag && Array.isArray(wire[1])) return wire[1];
  // A set of one element is written as the bare element.
  return tag === 'set' ? [wire] : [];
}

/** A wire value as rows hold it: scalar, value or null, array, plain record. */
export function decodeValue(spec: ColumnSpec, wire: unknown): unknown {
  if (spec.kind === 'scalar') return decodeAtom(spec.key, wire);
  if (spec.kind === 'map') {
    const out: Record<string, unknown> = {};
    for (const pair of elementsOf(wire, 'map')) {
      if (Array.isArray(pair)) out[String(decodeAtom(spec.key, pair[0]))] = decodeAtom(spec.value ?? 'string', pair[1]);
    }
    return out;
  }
  const elements = elementsOf(wire, 'set').map((element) => decodeAtom(spec.key, element));
  return spec.kind === 'optional' ? (elements[0] ?? null) : elements;
}

/** What the server leaves out of `initial` and `insert` updates: every column's default. */
export function defaultValue(spec: ColumnSpec): unknown {
  if (spec.kind === 'optional') return null;
  if (spec.kind === 'set') return [];
  if (spec.kind === 'map') return {};
  if (spec.key === 'string') return '';
  if (spec.key === 'boolean') return false;
  if (spec.key === 'uuid') return '00000000-0000-0000-0000-000000000000';
  return 0;
}

/** Applies the difference that `modify` updates carry for a column: symmetric for sets, per key for maps. */
export function applyDiff(spec: ColumnSpec, old: unknown, wire: unknown): unknown {
  const diff = decodeValue(spec, wire);
  if (spec.kind === 'scalar' || spec.kind === 'optional') return diff;
  if (spec.kind === 'set') {
    const result = new Set(Array.isArray(old) ? old : []);
    for (const element of Array.isArray(diff) ? diff : []) {
      if (!result.delete(element)) result.add(element);
    }
    return [...result];
  }
  const result: Record<string, unknown> = isRecord(old) ? { ...old } : {};
  for (const [key, value] of Object.entries(isRecord(diff) ? diff : {})) {
    if (result[key] === value) delete result[key];
    else result[key] = value;
  }
  return result;
}

/** A complete row: what the wire gives, defaults for the rest of `names`. */
export function decodeRow(
  columns: Columns,
  uuid: Uuid,
  wire: Readonly<Record<string, unknown>>,
  names: readonly string[] = Object.keys(columns),
): Record<string, unknown> & { _uuid: Uuid } {
  const row: Record<string, unknown> & { _uuid: Uuid } = { _uuid: uuid };
  for (const name of names) {
    const spec = columns[name];
    if (spec !== undefined) row[name] = name in wire ? decodeValue(spec, wire[name]) : defaultValue(spec);
  }
  return row;
}
