/** The power is cut. */
import { finishStep, powerTask } from './vm-power.ts';
import { domainOff } from './vm-steps.ts';

export const vmPowerOff = powerTask({
  kind: 'vm.powerOff',
  during: ['powering-off'],
  // whether it runs is not known then; what its host reports next decides
  fallback: 'unknown',
  steps: [
    { key: 'powerOff', noUndo: 'power that was cut stays cut', run: domainOff },
    finishStep(['powering-off', 'running', 'paused', 'unknown', 'error'], 'stopped', 'vm.poweredOff', () => ({
      desiredPower: 'off',
    })),
  ],
});
