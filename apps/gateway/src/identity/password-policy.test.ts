import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BasaltError, loginPolicyValues, passwordClasses, passwordRuleBroken } from '@basalt/contract';
import { passwordGenerate, passwordPolicyCheck } from './password-policy.ts';

const policy = fc.record({ minLength: fc.integer({ min: 6, max: 30 }), minClasses: fc.integer({ min: 2, max: 4 }) });
const character = fc.constantFrom(...Array.from(passwordClasses.join('')));

it('[IAM-07] a generated password meets every policy that can be set', () => {
  const { password } = loginPolicyValues.shape;
  expect([password.shape.minLength.maxValue, password.shape.minClasses.maxValue]).toEqual([30, 4]);
  for (let i = 0; i < 200; i += 1)
    expect(passwordRuleBroken(passwordGenerate(), { minLength: 30, minClasses: 4 })).toBeNull();
});

it('[IAM-07] a password is taken exactly when length, characters and classes are right', () => {
  const any = fc.oneof(
    fc.string({ maxLength: 34 }),
    fc.array(character, { maxLength: 34 }).map((some) => some.join('')),
  );
  fc.assert(
    fc.property(any, policy, (password, rules) => {
      const allowed = passwordClasses.join('');
      const isAllowed = Array.from(password).every((one) => allowed.includes(one));
      const classes = passwordClasses.filter((of) => Array.from(password).some((one) => of.includes(one))).length;
      const isRight =
        password.length >= rules.minLength && password.length <= 30 && isAllowed && classes >= rules.minClasses;
      expect(passwordRuleBroken(password, rules) === null).toBe(isRight);
    }),
    { numRuns: 3_000 },
  );
});

it.each([
  ['Aa1', '密码不符合要求：长度应为 8–30 个字符', 'The password does not meet the policy: 8–30 characters'],
  ['only lower', /只能使用字母、数字和/u, /only letters, digits and/u],
  [
    'onlylower',
    '密码不符合要求：至少包含大写字母、小写字母、数字、符号中的 2 类',
    'The password does not meet the policy: at least 2 of upper case, lower case, digits, symbols',
  ],
])('[IAM-07] the refusal of “%s” names the rule in both languages', (password, zh, en) => {
  const refused = (): BasaltError => {
    try {
      passwordPolicyCheck(password, { minLength: 8, minClasses: 2 });
    } catch (error) {
      if (error instanceof BasaltError) return error;
    }
    throw new Error('it was taken');
  };
  const error = refused();
  expect(error).toMatchObject({ code: 'passwordPolicy', field: 'password' });
  expect(error.text('zh-CN')).toMatch(zh);
  expect(error.text('en-US')).toMatch(en);
});
