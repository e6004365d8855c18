/** Column shapes that every table of the region shares: typed ids, UTC instants with milliseconds, sizes in bytes. */
import { bigint, customType, timestamp, uuid } from 'drizzle-orm/pg-core';

/** A UUID column of one kind of id, for example `id<VmId>('vm_id')`. */
export const id = <T extends string>(name: string) => uuid(name).$type<T>();
/** An instant; JavaScript dates carry milliseconds, so the column does too and a value read compares equal to its row. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' });
export const bytes = (name: string) => bigint(name, { mode: 'number' });
/** An IPv4 address. `inet` sorts by value, not by text. */
export const address = customType<{ data: string; driverData: string }>({
  dataType: () => 'inet',
  /** PostgreSQL prints a host address without prefix length, as the API wants it. */
  fromDriver: (value) => value.replace(/\/32$/u, ''),
});
