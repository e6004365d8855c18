/** Durable tasks for the rest of the region. */
export { engineStart, type Engine, type EngineOptions } from './engine.ts';
export { leaderRun, leaderTiming, type Leader } from './leader.ts';
export { leaseGuard, type HeldLease } from './lease.ts';
export type { RegionSettings, Services } from './services.ts';
export { TASK_CHANNEL, taskCancel, taskEnqueue, taskRetry, type TaskOrder } from './task-enqueue.ts';
export { taskDefine, type StepContext, type TaskDefinition } from './task-define.ts';
export { taskRegistry, type TaskRegistry } from './task-registry.ts';
