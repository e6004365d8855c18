import { expect, test } from 'vitest';
import { applicability } from './applicability.ts';

const stopped = (vm: { state: string }) => (vm.state === 'stopped' ? undefined : `is ${vm.state}`);

test('[VM-26] an action is asked only of those it holds for, and the first reason of the others is told', () => {
  const vms = [{ state: 'running' }, { state: 'stopped' }, { state: 'error' }];
  expect(applicability(vms, stopped)).toEqual({ possible: [{ state: 'stopped' }], reason: 'is running' });
});

test('[VM-26] nothing stands in the way when it holds for all', () => {
  expect(applicability([{ state: 'stopped' }], stopped).reason).toBeUndefined();
});
