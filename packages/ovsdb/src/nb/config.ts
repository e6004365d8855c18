/**
 * How far a change has come. Northbound numbers its configurations: northd copies the number to sb_cfg once compiled,
 * and hv_cfg follows when every registered host has applied it. A crashed host that is still registered holds hv_cfg
 * back for ever, so `sb` is what means "accepted" and every wait has a deadline.
 */
import type { CallOptions } from '../connection.ts';
import { OvsdbError } from '../errors.ts';
import type { Operation, OperationResult } from '../operations.ts';
import { type Northbound, transact } from './context.ts';

export interface SyncOptions extends CallOptions {
  /** `sb` = compiled by northd (default), `hv` = applied on every registered host. */
  readonly level?: 'sb' | 'hv';
}

/** The operation that begins a new configuration number; append it to a transaction to be waited for. */
export function configBump(nb: Northbound): Operation[] {
  return [
    nb.client.ops.mutate('NB_Global', [], [['nb_cfg', '+=', 1]]),
    { op: 'select', table: 'NB_Global', where: [], columns: ['nb_cfg'] },
  ];
}

/** Runs the operations, then waits until they have arrived at the level; their results without the bump's. */
export async function transactSynced(
  nb: Northbound,
  ops: readonly Operation[],
  options: SyncOptions = {},
): Promise<OperationResult[]> {
  const deadline = performance.now() + (options.timeoutMs ?? 10_000);
  const results = await transact(nb, [...ops, ...configBump(nb)], options);
  const wanted = nb.client.ops.rows('NB_Global', results.at(-1))[0]?.nb_cfg;
  if (wanted === undefined) throw new OvsdbError('protocol', 'NB_Global has no row: is northd running?');
  await configReached(nb, wanted, { ...options, timeoutMs: Math.max(1, deadline - performance.now()) });
  return results.slice(0, ops.length);
}

/** Waits until everything written so far has arrived at the level. */
export async function configSync(nb: Northbound, options: SyncOptions = {}): Promise<void> {
  await transactSynced(nb, [], options);
}

/** Waits for a configuration number; rejects with OvsdbError `timeout`. Asks every few ms: a monitor per wait costs more. */
async function configReached(nb: Northbound, wanted: number, options: SyncOptions): Promise<void> {
  const column = options.level === 'hv' ? 'hv_cfg' : 'sb_cfg';
  const deadline = performance.now() + (options.timeoutMs ?? 10_000);
  for (let wait = 2; ; wait = Math.min(wait * 1.5, 50)) {
    const left = deadline - performance.now();
    if (left <= 0 || options.signal?.aborted === true) {
      throw new OvsdbError('timeout', `${column} has not reached ${wanted}`, { sent: true });
    }
    const [result] = await transact(nb, [{ op: 'select', table: 'NB_Global', where: [], columns: [column] }], {
      timeoutMs: left,
    });
    if ((nb.client.ops.rows('NB_Global', result)[0]?.[column] ?? 0) >= wanted) return;
    await new Promise((resolve) => setTimeout(resolve, Math.min(wait, left)));
  }
}
