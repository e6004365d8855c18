import type { TaskState } from '@basalt/contract';
import type { StateTone } from '@basalt/ui';

/** A finished task is green only in its own row; in timelines it is `off` (rule 20). */
export const taskTones: Record<TaskState, StateTone> = {
  queued: 'off',
  running: 'busy',
  undoing: 'busy',
  succeeded: 'ok',
  failed: 'err',
  cancelled: 'off',
  parked: 'warn',
};
