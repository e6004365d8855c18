/**
 * Runs tasks on DBOS, which keeps the results of finished steps in PostgreSQL (schema `dbos`) beside our tables: one DBOS
 * workflow for each attempt of a task, named by the task. DBOS does not notice that a process has died, so the leader does
 * and hands its workflows to the living; DBOS lets exactly one of them go on.
 *
 * DBOS is one per process, and so is this engine.
 */
import { DBOS } from '@dbos-inc/dbos-sdk';
import pg from 'pg';
import { and, eq, inArray, isNotNull, sql } from 'drizzle-orm';
import { BasaltError, type TaskId } from '@basalt/contract';
import type { Database } from '../store/database.ts';
import { tasks } from '../store/schema/index.ts';
import { transact } from '../store/transact.ts';
import { dbosLogger } from './dbos-logger.ts';
import { executorBeat, executorGone, executorsAlive, leaseGuard, type HeldLease } from './lease.ts';
import { leaderTiming } from './leader.ts';
import { TASK_CHANNEL, tasksTake } from './task-enqueue.ts';
import { taskRun, type Durable, type RunOptions } from './task-run.ts';

export interface EngineOptions extends Pick<RunOptions, 'services' | 'registry' | 'probe'> {
  readonly databaseUrl: string;
  /** Unique among the living processes; the same after a restart lets DBOS go on at once. */
  readonly executor: string;
  /** On which it says that it lives; default: the services' own. Shared with everything else, it may be late. */
  readonly beats?: Database;
  /** Tasks at work at once in this process. */
  readonly concurrency?: number;
  readonly undoTries?: number;
  readonly undoWait?: number;
}

export interface Engine {
  /** Hands on what dead processes have left. For the leader, once a second. */
  takeOver(lease: HeldLease): Promise<number>;
  /** Forgets what DBOS keeps of runs that ended before `before`; the task's own rows stay. */
  prune(before: Date): Promise<number>;
  /** How many tasks this process is at. */
  readonly running: number;
  stop(): Promise<void>;
}

const durable: Durable = { step: (name, run) => DBOS.runStep(run, { name }) };
const workflowId = (id: TaskId, attempt: number): string => (attempt === 1 ? id : `${id}.${attempt}`);
const POLL = 1_000;

let current: RunOptions | null = null;

/** Registered once for the process; finds what it works with when it runs. */
/**
 * The URL with a limit to idling in a transaction, as every connection is to have from its start. DBOS would set it by a
 * statement that it does not wait for before the first of its own, which pg warns of and will refuse.
 */
function idleLimited(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  const before = url.searchParams.get('options');
  url.searchParams.set('options', `${before ? `${before} ` : ''}-c idle_in_transaction_session_timeout=60000`);
  return url.toString();
}

const workflow = DBOS.registerWorkflow(
  async (id: TaskId, attempt: number, undoOnly: boolean): Promise<string> => {
    if (!current) throw new Error('the task engine is not running');
    return taskRun(durable, current, id, attempt, undoOnly);
  },
  { name: 'task', maxRecoveryAttempts: 1_000 },
);

export async function engineStart(options: EngineOptions): Promise<Engine> {
  const { services, executor, concurrency = 64 } = options;
  const { db, log } = services;
  const beats = options.beats ?? db;
  if (current) throw new Error('the task engine runs already');
  const running = new Map<TaskId, AbortController>();
  const started = new Set<string>();
  current = {
    services,
    registry: options.registry,
    executor,
    running,
    undoTries: options.undoTries ?? 6,
    undoWait: options.undoWait ?? 250,
    probe: options.probe,
  };
  await executorBeat(beats, executor, leaderTiming.expiry);
  DBOS.setConfig({
    name: 'basalt-region',
    systemDatabaseUrl: idleLimited(options.databaseUrl),
    systemDatabaseSchemaName: 'dbos',
    systemDatabasePoolSize: 12,
    executorID: executor,
    // our journal, not the source text, says what a step is: tasks go on after an upgrade
    applicationVersion: 'tasks-1',
    enableOTLP: false,
    logger: dbosLogger(log),
  });
  await DBOS.launch();

  let stopped = false;
  let again = false;
  let dispatching: Promise<void> | null = null;

  async function dispatch(): Promise<void> {
    const room = concurrency - started.size;
    if (room > 0) {
      const taken = await transact(db, (work) => tasksTake(work, executor, room));
      for (const { id, attempt, undoOnly } of taken) {
        const name = workflowId(id, attempt);
        started.add(name);
        const handle = await DBOS.startWorkflow(workflow, { workflowID: name })(id, attempt, undoOnly);
        handle
          .getResult()
          .catch((error: unknown) => log.error({ error, task: id }, 'task run ended with an error'))
          .finally(() => {
            started.delete(name);
            wake();
          });
      }
    }
    if (running.size > 0) {
      const cancelled = await db
        .select({ id: tasks.id })
        .from(tasks)
        .where(
          and(inArray(tasks.id, [...running.keys()]), eq(tasks.cancelRequested, true), eq(tasks.state, 'running')),
        );
      for (const { id } of cancelled) running.get(id)?.abort(new BasaltError('taskCancelled'));
    }
  }

  /** Looks for work now, or once more after the look that is under way. */
  function wake(): void {
    if (stopped) return;
    if (dispatching) {
      again = true;
      return;
    }
    dispatching = dispatch()
      .catch((error: unknown) => log.warn({ error }, 'looking for tasks failed'))
      .finally(() => {
        dispatching = null;
        if (again) {
          again = false;
          wake();
        }
      });
  }

  const listener = await taskListener(options.databaseUrl, wake, (error) => log.warn({ error }, 'task channel lost'));
  const poll = setInterval(wake, POLL);
  const beat = setInterval(() => {
    executorBeat(beats, executor, leaderTiming.expiry).catch((error: unknown) => log.warn({ error }, 'no heartbeat'));
  }, leaderTiming.beat);
  wake();

  return {
    get running() {
      return started.size;
    },
    takeOver: (lease) => takeOver(options, lease),
    async prune(before) {
      const ended = await DBOS.listWorkflows({
        status: ['SUCCESS', 'ERROR'],
        endTime: before.toISOString(),
        limit: 1_000,
        loadInput: false,
        loadOutput: false,
      });
      if (ended.length > 0) await DBOS.deleteWorkflows(ended.map((w) => w.workflowID));
      return ended.length;
    },
    async stop() {
      stopped = true;
      clearInterval(poll);
      clearInterval(beat);
      await listener.close();
      await dispatching;
      // what is still running goes on elsewhere: without a heartbeat this process counts as dead
      await DBOS.shutdown({ workflowCompletionTimeoutMS: 2_000 });
      await executorGone(beats, executor);
      current = null;
    },
  };
}

async function takeOver({ services: { db, log } }: EngineOptions, lease: HeldLease): Promise<number> {
  const pending = await DBOS.listWorkflows({ status: 'PENDING', loadInput: false, loadOutput: false });
  // read after the workflows: whoever owns one of them and lives has its heartbeat by now
  const alive = await executorsAlive(db);
  const left = pending.filter((w) => !alive.has(w.executorId ?? '')).map((w) => w.workflowID);
  const orphaned = await db
    .select({ id: tasks.id, attempt: tasks.attempt, state: tasks.state, executor: tasks.executor })
    .from(tasks)
    .where(and(inArray(tasks.state, ['queued', 'running', 'undoing']), isNotNull(tasks.executor)));
  const dead = orphaned.filter((task) => !alive.has(task.executor ?? ''));
  if (left.length === 0 && dead.length === 0) return 0;
  await transact(db, (work) => leaseGuard(work, lease));
  if (left.length > 0) {
    await DBOS.resumeWorkflows(left);
    log.warn({ tasks: left }, 'tasks of a dead process go on');
  }
  for (const task of dead) {
    const status = await DBOS.getWorkflowStatus(workflowId(task.id, task.attempt));
    const ended =
      status?.status === 'ERROR' ||
      status?.status === 'SUCCESS' ||
      status?.status === 'CANCELLED' ||
      status?.status === 'MAX_RECOVERY_ATTEMPTS_EXCEEDED';
    if (status && !ended) continue;
    await transact(db, async (work) => {
      await leaseGuard(work, lease);
      const same = and(eq(tasks.id, task.id), eq(tasks.executor, task.executor ?? ''), eq(tasks.state, task.state));
      // taken by a dispatcher that died before it began, or ended in the engine without having settled
      if (!status && task.state !== 'running') await work.tx.update(tasks).set({ executor: null }).where(same);
      else
        await work.tx
          .update(tasks)
          .set({ state: 'parked', executor: null, fencingToken: sql`coalesce(${tasks.fencingToken}, 0) + 1` })
          .where(same);
      work.changed('task', task.id);
    });
  }
  return left.length + dead.length;
}

/** Hears of new tasks at once; the poll of the engine covers what is missed while the connection is being made anew. */
async function taskListener(
  url: string,
  onWake: () => void,
  onLost: (error: Error) => void,
): Promise<{ close(): Promise<void> }> {
  let client: pg.Client | null = null;
  let closed = false;
  let retry: NodeJS.Timeout | undefined;
  const connect = async (): Promise<void> => {
    const next = new pg.Client({ connectionString: url, application_name: 'basalt-region-tasks', keepAlive: true });
    next.on('notification', onWake);
    next.on('error', (error) => {
      if (client === next) client = null;
      next.end().catch(() => undefined);
      if (closed) return;
      onLost(error);
      retry = setTimeout(() => void connect().catch(() => undefined), 1_000);
    });
    await next.connect();
    await next.query(`listen ${TASK_CHANNEL}`);
    client = next;
    onWake();
  };
  await connect();
  return {
    async close() {
      closed = true;
      clearTimeout(retry);
      await client?.end().catch(() => undefined);
    },
  };
}
