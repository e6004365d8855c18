import { actionPermission } from '@basalt/contract';
import { expect, test } from 'vitest';
import { actionReason, bulkReason, vmActions } from './registry.ts';

const nothingMissing = () => undefined;
const start = vmActions.find((entry) => entry.action === 'start')!;

test('[VM-04] every action asks for the permission of the contract’s state table', () => {
  for (const entry of vmActions) expect(entry.permission, entry.action).toBe(actionPermission('vm', entry.action));
});

test('[VM-04] a refused action says why in the reader’s language', () => {
  expect(actionReason(start, 'stopped', 'en-US', nothingMissing)).toBeUndefined();
  expect(actionReason(start, 'running', 'en-US', nothingMissing)).toBe('The VM is already running');
  expect(actionReason(start, 'running', 'zh-CN', nothingMissing)).toBe('虚拟机已在运行');
});

test('[VM-04] a missing permission is named before the state', () => {
  expect(actionReason(start, 'running', 'en-US', (permission) => `needs ${permission}`)).toBe('needs vm:start');
});

test('[VM-26] a bulk action says for how many it holds', () => {
  expect(bulkReason(start, ['stopped', 'running', 'stopped'], 'en-US', nothingMissing)).toEqual({
    possible: 2,
    reason: 'The VM is already running',
  });
});
