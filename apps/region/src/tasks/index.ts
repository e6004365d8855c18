/** All tasks of the region, and the way to ask for one. */
import type { Locale, TaskId } from '@basalt/contract';
import type { TaskActor } from '../store/schema/index.ts';
import type { TaskInputs, TaskKind } from '../store/task-inputs.ts';
import type { Work } from '../store/transact.ts';
import { taskCancel, taskEnqueue as enqueue, taskRetry as retry } from '../workflow/task-enqueue.ts';
import { taskRegistry } from '../workflow/task-registry.ts';
import { hostEnrol } from './host-enrol.ts';
import { hostRemove } from './host-remove.ts';
import { imageDelete } from './image-delete.ts';
import { imageImport } from './image-import.ts';
import { networkChange, networkCreate, networkDelete } from './network-tasks.ts';
import { vmCreate } from './vm-create.ts';
import { vmDelete } from './vm-delete.ts';
import { vmDestroy } from './vm-destroy.ts';
import { vmPause } from './vm-pause.ts';
import { vmPowerOff } from './vm-power-off.ts';
import { vmReboot } from './vm-reboot.ts';
import { vmReset } from './vm-reset.ts';
import { vmResume } from './vm-resume.ts';
import { vmShutdown } from './vm-shutdown.ts';
import { vmStart } from './vm-start.ts';
import { vmUndelete } from './vm-undelete.ts';

export const regionTasks = taskRegistry([
  vmCreate,
  vmStart,
  vmShutdown,
  vmPowerOff,
  vmReboot,
  vmReset,
  vmPause,
  vmResume,
  vmDelete,
  vmUndelete,
  vmDestroy,
  imageImport,
  imageDelete,
  networkCreate,
  networkChange,
  networkDelete,
  hostEnrol,
  hostRemove,
]);

/** In the caller's transaction; the target must be in its transition already. */
export const taskEnqueue = <K extends TaskKind>(
  work: Work,
  order: {
    readonly kind: K;
    readonly target: { readonly kind: string; readonly id: string; readonly name: string };
    readonly input: TaskInputs[K];
    readonly actor: TaskActor;
    readonly locale: Locale;
    readonly requestId?: string | null;
    readonly parentId?: TaskId | null;
  },
): Promise<TaskId> => enqueue(regionTasks, work, { ...order, input: { ...order.input } });

/** @throws BasaltError notFound, actionRefused. */
export const taskRetry = (work: Work, id: TaskId): Promise<void> => retry(regionTasks, work, id);
export { taskCancel };
export { vmTransition, vmMustTransition, type VmTransition } from './vm-transition.ts';
