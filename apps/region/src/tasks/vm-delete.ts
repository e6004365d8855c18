/** To the recycle bin: the domain is undefined; disks, ports and addresses stay for the one who changes their mind. */
import { finishStep, powerTask } from './vm-power.ts';
import { domainRemove } from './vm-steps.ts';

export const vmDelete = powerTask({
  kind: 'vm.delete',
  during: ['deleting', 'deleted'],
  fallback: 'error',
  steps: [
    { key: 'undefine', noUndo: 'a VM that is stopped is defined again at its next start', run: domainRemove },
    finishStep(['deleting'], 'deleted', 'vm.deleted', () => ({ deletedAt: new Date(), desiredPower: 'off' })),
  ],
});
