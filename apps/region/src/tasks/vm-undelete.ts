/** Out of the recycle bin: stopped, with its ports; it is defined again at its next start. */
import { finishStep, powerTask } from './vm-power.ts';
import { portsMake } from './vm-steps.ts';

export const vmUndelete = powerTask({
  kind: 'recycleBin.restore',
  during: ['restoring', 'stopped'],
  fallback: 'deleted',
  steps: [
    { key: 'networkPort', noUndo: 'ports stay with a VM in the recycle bin too', run: portsMake },
    finishStep(['restoring'], 'stopped', 'vm.undeleted', () => ({ deletedAt: null })),
  ],
});
