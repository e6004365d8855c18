/**
 * Drift is repaired by reconcilers: they take no input, look at everything of their kind, and run again and again — by the
 * clock, and at once when nudged. Because they do not depend on being told, nothing is lost when nobody tells them. Only
 * the leader runs them, and each of their transactions is refused once it leads no more.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { transact, type Work } from '../store/transact.ts';
import { leaseGuard, type HeldLease } from '../workflow/lease.ts';
import type { Services } from '../workflow/services.ts';

export interface ReconcilerContext {
  readonly services: Services;
  readonly lease: HeldLease;
  /** Aborts when this process stops leading. */
  readonly signal: AbortSignal;
  /** @throws BasaltError notLeader. */
  transact<T>(body: (work: Work) => Promise<T>): Promise<T>;
  /** Another reconciler should look now. */
  nudge(name: string): void;
}

export interface Reconciler {
  readonly name: string;
  /** Milliseconds between the end of one run and the beginning of the next. */
  readonly every: number;
  /** What it found and did, as numbers; for status and log. */
  run(ctx: ReconcilerContext): Promise<Readonly<Record<string, number | undefined>>>;
}

export interface ReconcilerStatus {
  readonly name: string;
  readonly ranAt: Date;
  /** Milliseconds. */
  readonly took: number;
  readonly found: Readonly<Record<string, number | undefined>>;
  readonly error: string | null;
}

export interface Reconcilers {
  nudge(name: string): void;
  readonly status: readonly ReconcilerStatus[];
}

export const reconcilerContext = (
  services: Services,
  lease: HeldLease,
  signal: AbortSignal,
  nudge: (name: string) => void = () => undefined,
): ReconcilerContext => ({
  services,
  lease,
  signal,
  nudge,
  transact: (body) =>
    transact(services.db, async (work) => {
      await leaseGuard(work, lease);
      return body(work);
    }),
});

export function reconcilersRun(
  list: readonly Reconciler[],
  services: Services,
  lease: HeldLease,
  signal: AbortSignal,
): Reconcilers {
  const status = new Map<string, ReconcilerStatus>();
  const alarms = new Map<string, () => void>();
  const nudge = (name: string): void => alarms.get(name)?.();
  const ctx = reconcilerContext(services, lease, signal, nudge);

  async function loop(reconciler: Reconciler): Promise<void> {
    while (!signal.aborted) {
      const alarm = Promise.withResolvers<void>();
      alarms.set(reconciler.name, alarm.resolve);
      const began = performance.now();
      let found: ReconcilerStatus['found'] = {};
      let error: unknown = null;
      try {
        found = await reconciler.run(ctx);
      } catch (caught) {
        if (signal.aborted) return;
        error = caught;
        services.log.warn({ reconciler: reconciler.name, error }, 'reconciler failed');
      }
      status.set(reconciler.name, {
        name: reconciler.name,
        ranAt: new Date(),
        took: Math.round(performance.now() - began),
        found,
        error: error === null ? null : error instanceof Error ? error.message : 'failed',
      });
      await Promise.race([
        alarm.promise,
        sleep(reconciler.every * (0.9 + Math.random() / 5), undefined, { signal }).catch(() => undefined),
      ]);
    }
  }
  for (const reconciler of list) void loop(reconciler);
  return {
    nudge,
    get status() {
      return [...status.values()];
    },
  };
}

/** Works on all items, `width` at a time; one that fails does not stop the others. */
export async function eachBounded<T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<void>,
  onError: (item: T, error: unknown) => void,
): Promise<void> {
  const rest = items.values();
  const lane = async (): Promise<void> => {
    for (const item of rest) {
      try {
        await work(item);
      } catch (error) {
        onError(item, error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane));
}
