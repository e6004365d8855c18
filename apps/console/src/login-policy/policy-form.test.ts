import { loginPolicyDefaults, loginPolicyValues } from '@basalt/contract';
import { expect, test } from 'vitest';
import { boundsOf, changesOf, formOf, numberFields, policyFields, policyOf, switchFields } from './policy-form.ts';

test('[SET-05] the form holds every value of the policy and gives it back', () => {
  const form = formOf(loginPolicyDefaults);
  expect(loginPolicyValues.parse(policyOf(form))).toEqual(loginPolicyDefaults);
  expect(policyFields.toSorted()).toEqual([...numberFields, ...switchFields].toSorted());
});

test('[SET-05] bounds are those of the contract', () => {
  expect(boundsOf('password.minLength')).toEqual({ min: 6, max: 30 });
  expect(boundsOf('lockout.minutes')).toEqual({ min: 15, max: 1440 });
  expect(boundsOf('apiKeysPerAccount')).toEqual({ min: 1, max: 100 });
  for (const field of numberFields) {
    const { min, max } = boundsOf(field);
    expect(min, field).toBeLessThan(max);
  }
});

test('[SET-05] an empty or wrong number is found at its field', () => {
  const form = { ...formOf(loginPolicyDefaults), 'lockout.minutes': null, 'password.minLength': 3 };
  const found = loginPolicyValues.safeParse(policyOf(form));
  expect(found.error?.issues.map(({ path }) => path.join('.')).toSorted()).toEqual([
    'lockout.minutes',
    'password.minLength',
  ]);
});

test('[SET-05] changes are told in the order of the page', () => {
  const before = formOf(loginPolicyDefaults);
  expect(changesOf(before, before)).toEqual([]);
  expect(changesOf(before, { ...before, 'session.single': true, 'password.minLength': 12 })).toEqual([
    'password.minLength',
    'session.single',
  ]);
});
