/** The building blocks the generated protocol definitions are made of. */
import { type Codec, XdrError, type XdrReader, type XdrWriter } from './xdr.ts';

export type { Codec } from './xdr.ts';

export const int: Codec<number> = { write: (w, v) => w.i32(v), read: (r) => r.i32() };
export const uint: Codec<number> = { write: (w, v) => w.u32(v), read: (r) => r.u32() };
export const hyper: Codec<bigint> = { write: (w, v) => w.i64(v), read: (r) => r.i64() };
export const uhyper: Codec<bigint> = { write: (w, v) => w.u64(v), read: (r) => r.u64() };
export const double: Codec<number> = { write: (w, v) => w.f64(v), read: (r) => r.f64() };
/** Nothing on the wire: calls without arguments, replies without results. */
export const nothing: Codec<void> = { write: () => undefined, read: () => undefined };

export const bool: Codec<boolean> = {
  write: (w, v) => w.u32(v ? 1 : 0),
  read: (r) => {
    const value = r.u32();
    if (value > 1) throw new XdrError(`not a bool: ${value}`);
    return value === 1;
  },
};

const checkedLength = (length: number, max: number): number => {
  if (length > max) throw new XdrError(`length ${length} is over the limit of ${max}`);
  return length;
};

export const string = (max: number): Codec<string> => ({
  write: (w, v) => {
    if (v.includes('\0')) throw new XdrError('a string must not contain NUL');
    const bytes = Buffer.from(v, 'utf8');
    w.u32(checkedLength(bytes.length, max));
    w.bytes(bytes);
  },
  read: (r) => r.view(checkedLength(r.u32(), max)).toString('utf8'),
});

/** Decoded bytes are copies: a view would keep (or be overwritten with) the whole receive buffer. */
export const opaque = (max: number): Codec<Buffer> => ({
  write: (w, v) => {
    w.u32(checkedLength(v.length, max));
    w.bytes(v);
  },
  read: (r) => Buffer.from(r.view(checkedLength(r.u32(), max))),
});

export const opaqueFixed = (length: number): Codec<Buffer> => ({
  write: (w, v) => {
    if (v.length !== length) throw new XdrError(`${v.length} bytes where ${length} are wanted`);
    w.bytes(v);
  },
  read: (r) => Buffer.from(r.view(length)),
});

const readMany = <T>(reader: XdrReader, item: Codec<T>, count: number): T[] => {
  const values: T[] = [];
  for (let i = 0; i < count; i++) values.push(item.read(reader));
  return values;
};

const writeMany = <T>(writer: XdrWriter, item: Codec<T>, values: readonly T[]): void => {
  for (const value of values) item.write(writer, value);
};

export const array = <T>(item: Codec<T>, max: number): Codec<T[]> => ({
  write: (w, v) => {
    w.u32(checkedLength(v.length, max));
    writeMany(w, item, v);
  },
  read: (r) => readMany(r, item, checkedLength(r.u32(), max)),
});

export const arrayFixed = <T>(item: Codec<T>, length: number): Codec<T[]> => ({
  write: (w, v) => {
    if (v.length !== length) throw new XdrError(`${v.length} items where ${length} are wanted`);
    writeMany(w, item, v);
  },
  read: (r) => readMany(r, item, length),
});

export const optional = <T>(item: Codec<T>): Codec<T | null> => ({
  write: (w, v) => {
    w.u32(v === null ? 0 : 1);
    if (v !== null) item.write(w, v);
  },
  read: (r) => (bool.read(r) ? item.read(r) : null),
});

type Fields<T> = { readonly [K in keyof T]-?: Codec<T[K]> };

/** Fields in the order written; `T` is the generated interface. */
export const struct = <T extends object>(fields: Fields<T>): Codec<T> => {
  const names = Object.keys(fields) as (keyof T & string)[];
  const write = <K extends keyof T & string>(w: XdrWriter, v: T, name: K): void => {
    try {
      fields[name].write(w, v[name]);
    } catch (error) {
      throw error instanceof XdrError ? new XdrError(`${name}: ${error.message}`) : error;
    }
  };
  return {
    write: (w, v) => {
      for (const name of names) write(w, v, name);
    },
    read: (r) => {
      const value: Partial<T> = {};
      for (const name of names) value[name] = fields[name].read(r);
      return value as T;
    },
  };
};

/** A union switched by an int: `{type, value}` with the arm's codec chosen by `type`. */
export const union = <T extends { type: number; value: unknown }>(arms: {
  readonly [K in T['type']]: Codec<Extract<T, { type: K }>['value']>;
}): Codec<T> => {
  const arm = (type: number): Codec<unknown> => {
    const codec = (arms as Record<number, Codec<unknown>>)[type];
    if (codec === undefined) throw new XdrError(`no such arm of the union: ${type}`);
    return codec;
  };
  return {
    write: (w, v) => {
      w.i32(v.type);
      arm(v.type).write(w, v.value);
    },
    read: (r) => {
      const type = r.i32();
      return { type, value: arm(type).read(r) } as T;
    },
  };
};
