import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { actionPermission, procedures, type ProcedureTree } from '@basalt/contract';
import { expect, test } from 'vitest';
import {
  actionReason,
  bulkReason,
  callActions,
  callLabel,
  callPermission,
  callReason,
  hostActions,
  vmActions,
  type CallKey,
} from './registry.ts';

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

/** Mutations that the sources of the console ask for: `trpc.area.verb.mutationOptions(` and `client.area.verb.mutate(`. */
function askedMutations(): Map<string, string> {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const found = new Map<string, string>();
  for (const file of globSync('**/*.{ts,tsx}', { cwd: root })) {
    if (file.includes('.test.')) continue;
    const code = readFileSync(`${root}${file}`, 'utf8');
    for (const hit of code.matchAll(/\b(?:trpc|client)\.(\w+)\.(\w+)\.(?:mutationOptions|mutate)\(/g))
      found.set(`${hit[1]}.${hit[2]}`, file);
  }
  return found;
}

test('[BYD-18] every change that a page offers is named in the registry, with the contract’s permission', () => {
  const tree: ProcedureTree = procedures;
  const objects = new Map<string, string>([
    ...vmActions.map((entry) => [`vm.${entry.action}`, entry.permission] as const),
    ...Object.values(hostActions).map((entry) => [`host.${entry.action}`, entry.permission] as const),
  ]);
  // Judged for each VM and each action of the bulk bar by its own entry.
  const perObject = new Set(['vm.bulk']);
  const asked = askedMutations();
  expect(asked.size).toBeGreaterThan(20);
  const unnamed = [...asked].filter(([name]) => {
    const [area = '', verb = ''] = name.split('.');
    const procedure = tree[area]?.[verb];
    if (procedure?.kind !== 'mutation') return true;
    if (procedure.access === 'public' || procedure.access === 'session' || perObject.has(name)) return false;
    if (objects.get(name) === procedure.access) return false;
    return !(name in callActions) || callPermission(name as CallKey) !== procedure.access;
  });
  expect(unnamed).toEqual([]);
});

test('[BYD-18] a call is offered under the name that the operation log gives it, in both languages', () => {
  expect(callLabel('account.freeze', 'zh-CN')).toBe('冻结账号');
  expect(callLabel('account.freeze', 'en-US')).toBe('Freeze account');
  for (const key of Object.keys(callActions) as CallKey[])
    for (const locale of ['zh-CN', 'en-US'] as const) expect(callLabel(key, locale), key).not.toBe('');
});

test('[BYD-18] a call without its permission says which one', () => {
  expect(callReason('account.endSession', (permission) => `needs ${permission}`)).toBe('needs session:end');
  expect(callReason('account.endSession', nothingMissing)).toBeUndefined();
});
