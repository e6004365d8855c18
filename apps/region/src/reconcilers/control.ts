/**
 * A region process at work: it runs tasks, and of all of them the one that leads takes over what dead ones have left and
 * runs the reconcilers. One call to start, one to stop.
 */
import { databaseOpen } from '../store/database.ts';
import { engineStart, type Engine } from '../workflow/engine.ts';
import { leaderRun, type LeaderTiming } from '../workflow/leader.ts';
import type { Services } from '../workflow/services.ts';
import type { TaskRegistry } from '../workflow/task-registry.ts';
import { regionTasks } from '../tasks/index.ts';
import { newId } from '@basalt/service';
import {
  regionReconcilers,
  reconcilersRun,
  type MetricsOptions,
  type Reconcilers,
  type ReconcilerStatus,
} from './index.ts';
import type { Reconciler } from './reconciler.ts';

export interface ControlOptions {
  readonly services: Services;
  readonly databaseUrl: string;
  /** Unique among the living region processes; best the same after a restart. */
  readonly executor: string;
  /** Null where there is no metrics engine. */
  readonly metrics: MetricsOptions | null;
  readonly registry?: TaskRegistry;
  readonly reconcilers?: readonly Reconciler[];
  readonly timing?: LeaderTiming;
  /** Tasks at work at once in this process; 0 = takes none that wait, only goes on with those of dead processes. */
  readonly concurrency?: number;
}

export interface Control {
  readonly leading: boolean;
  /** Tasks this process is at. */
  readonly running: number;
  /** Of the reconcilers, while this process leads. */
  readonly status: readonly ReconcilerStatus[];
  /** Lets a reconciler look now, if this process leads. */
  nudge(name: string): void;
  stop(): Promise<void>;
}

export async function controlStart(options: ControlOptions): Promise<Control> {
  const { services, databaseUrl, executor } = options;
  // Leases do not queue behind everybody else's statements: a region that is busy would depose itself and be busier still.
  const beats = databaseOpen({
    url: databaseUrl,
    connections: 2,
    onError: (error) => services.log.warn({ error }, 'an idle connection for leases broke'),
  });
  const engine: Engine = await engineStart({
    services,
    beats,
    databaseUrl,
    executor,
    registry: options.registry ?? regionTasks,
    ...(options.concurrency === undefined ? {} : { concurrency: options.concurrency }),
  });
  const takeOver: Reconciler = {
    name: 'takeOver',
    every: 1_000,
    run: async ({ lease }) => ({ tasks: await engine.takeOver(lease) }),
  };
  const pruneRuns: Reconciler = {
    name: 'pruneRuns',
    every: 10 * 60_000,
    run: async () => ({ runs: await engine.prune(new Date(Date.now() - 24 * 3_600_000)) }),
  };
  let reconcilers: Reconcilers | null = null;
  const leader = leaderRun({
    db: beats,
    // a restarted process must not be taken for the one before it
    holder: `${executor}#${newId<string>()}`,
    log: services.log,
    ...(options.timing ? { timing: options.timing } : {}),
    lead(lease, signal) {
      reconcilers = reconcilersRun(
        [takeOver, pruneRuns, ...(options.reconcilers ?? regionReconcilers(options.metrics))],
        services,
        lease,
        signal,
      );
      signal.addEventListener('abort', () => (reconcilers = null), { once: true });
    },
  });
  return {
    get leading() {
      return leader.lease !== null;
    },
    get running() {
      return engine.running;
    },
    get status() {
      return reconcilers?.status ?? [];
    },
    nudge: (name) => reconcilers?.nudge(name),
    async stop() {
      await leader.stop();
      await engine.stop();
      await beats.$client.end();
    },
  };
}
