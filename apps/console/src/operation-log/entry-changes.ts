/** The changed values of an entry as rows: what was, and what is. */

export interface ChangeRow {
  /** With dots: `password.minLength`. */
  field: string;
  /** Undefined where only one value was told. */
  before?: unknown;
  after: unknown;
  /** Something secret was set; the log does not know what. */
  secret: boolean;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isChange = (value: unknown): value is { from: unknown; to: unknown } =>
  isRecord(value) && 'from' in value && 'to' in value && Object.keys(value).length === 2;
const secretNames = /password|secret|privatekey/iu;

/** Rows of `{field: {from, to}}` and of plain values; objects within are opened, lists stay whole. */
export function changeRows(detail: Readonly<Record<string, unknown>>, path = ''): ChangeRow[] {
  return Object.entries(detail).flatMap(([key, value]): ChangeRow[] => {
    const field = path === '' ? key : `${path}.${key}`;
    if (value === undefined) return [];
    if (isChange(value)) {
      if (isRecord(value.from) && isRecord(value.to)) {
        const { from, to } = value;
        const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])];
        const pairs = keys
          .filter((name) => JSON.stringify(from[name]) !== JSON.stringify(to[name]))
          .map((name) => [name, { from: from[name], to: to[name] }] as const);
        return changeRows(Object.fromEntries(pairs), field);
      }
      return [{ field, before: value.from ?? null, after: value.to ?? null, secret: false }];
    }
    if (isRecord(value)) return changeRows(value, field);
    const secret = secretNames.test(key) && (value === true || value === 'changed');
    return [{ field, after: value, secret }];
  });
}

/** A value as text; undefined for nothing. */
export function valueText(value: unknown, yes: string, no: string): string | undefined {
  if (value === null || value === undefined || value === '') return undefined;
  if (typeof value === 'boolean') return value ? yes : no;
  if (Array.isArray(value)) {
    const texts = value.map((item: unknown) => valueText(item, yes, no) ?? '—');
    return texts.length === 0 ? undefined : texts.join(', ');
  }
  if (typeof value === 'object') return JSON.stringify(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Whether a row only says that something was changed, set or taken away, because its value is long or nobody's business. */
export function isMark(row: ChangeRow): row is ChangeRow & { after: 'changed' | 'removed' | 'set' } {
  return !('before' in row) && (row.after === 'changed' || row.after === 'removed' || row.after === 'set');
}
