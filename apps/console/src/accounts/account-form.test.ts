import { procedures } from '@basalt/contract';
import { expect, test } from 'vitest';
import { accountFieldOf, accountInputOf, emptyAccount, emptyChoices } from './account-form.ts';
import { bindingRow, emptyScope } from './binding-form.ts';

const parse = (values: ReturnType<typeof emptyAccount>) =>
  procedures.account.create.input.safeParse(accountInputOf(values));
const filled = {
  ...emptyAccount(['hz1']),
  email: ' Ops@Example.com ',
  name: ' Zhou Yue ',
  bindings: [bindingRow('vmOperator'), bindingRow()],
};

test('[IAM-06] what the form holds is what the contract takes; rows without a role are left out', () => {
  const parsed = parse(filled);
  expect(parsed.error).toBeUndefined();
  expect(parsed.data).toMatchObject({
    email: 'ops@example.com',
    name: 'Zhou Yue',
    level: 'region',
    regions: ['hz1'],
    bindings: [{ role: 'vmOperator', scope: null }],
    mustChangePassword: true,
  });
  expect(parsed.data?.password).toBeUndefined();
});

test('[IAM-02] a system-level account is given no regions: it reaches all', () => {
  expect(parse({ ...filled, level: 'system' }).data?.regions).toEqual([]);
});

test('[IAM-06] findings stand at the field of the form', () => {
  expect(accountFieldOf('limits.sources.2')).toBe('sources');
  expect(accountFieldOf('bindings.0.scope.vms.1')).toBe('bindings');
  const broken = parse({
    ...filled,
    email: 'nobody',
    limits: { sources: '', hours: [{ days: [1], from: '8', to: '18:00' }], timeZone: 'UTC' },
  });
  expect(new Set(broken.error?.issues.map(({ path }) => accountFieldOf(path.join('.'))))).toEqual(
    new Set(['email', 'hours']),
  );
});

test('[IAM-22] a choice that would give nothing is found before it is sent', () => {
  expect(emptyChoices({ ...filled, regions: [] })).toEqual({ regions: 'none' });
  expect(emptyChoices({ ...filled, bindings: [bindingRow()] })).toEqual({ bindings: 'none' });
  expect(emptyChoices({ ...filled, bindings: [bindingRow('vmOperator', emptyScope)] })).toEqual({
    bindings: 'emptyScope',
  });
  expect(emptyChoices(filled)).toEqual({});
});
