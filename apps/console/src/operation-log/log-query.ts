/** The conditions of the log in the address, and as the gateway wants them. */
import { operationResult, operationTable, regionKey, type OperationLogFilter } from '@basalt/contract';
import { accountId } from '@basalt/contract/ids';
import type { ListState } from '@/list-state.ts';
import { valuesOf } from '@/list/sort-of.ts';

export const spans = { hour: 3_600_000, day: 86_400_000, week: 7 * 86_400_000 } as const;
export type Span = keyof typeof spans;

/** Modules that have operations, in the order of the table. */
export const modules: readonly string[] = [...new Set(Object.values(operationTable).map(({ module }) => module))];
export const operations = Object.entries(operationTable).map(([key, { module, label }]) => ({ key, module, label }));

export const spanOf = (state: Pick<ListState, 'filter'>): Span | undefined =>
  (Object.keys(spans) as Span[]).find((key) => key === state.filter['time']?.[0]);

/** A local date and time of a field (`2026-11-20T14:30`) as the contract writes it; undefined for none. */
export function instantOf(local: string | undefined): string | undefined {
  if (local === undefined || !/^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?$/u.test(local)) return undefined;
  const at = new Date(local);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

/** What the gateway is asked for. A span ends now and moves once a minute, so that asking again is the same question. */
export function logFilterOf(state: Pick<ListState, 'filter'>, now: number): OperationLogFilter {
  const { filter } = state;
  const span = spanOf(state);
  const known = (values: readonly string[] | undefined, of: readonly string[]) => {
    const found = (values ?? []).filter((value) => of.includes(value));
    return found.length === 0 ? undefined : found;
  };
  const account = accountId.safeParse(filter['account']?.[0]).data;
  const found = {
    region: valuesOf(filter['region'], regionKey),
    module: known(filter['module'], modules),
    operation: known(
      filter['operation'],
      operations.map(({ key }) => key),
    ),
    result: valuesOf(filter['result'], operationResult),
    accountId: account,
    resourceId: filter['resource']?.[0]?.slice(0, 64),
    from: span
      ? new Date(Math.floor(now / 60_000) * 60_000 - spans[span]).toISOString()
      : instantOf(filter['from']?.[0]),
    to: span ? undefined : instantOf(filter['to']?.[0]),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}
