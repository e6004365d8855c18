import { expect, test } from 'vitest';
import { passwordMeets, passwordRuleStates } from './password-rules.ts';

const rules = { minLength: 8, maxLength: 30, minClasses: 2, symbols: "()`~!@#$%^&*-+=_|{}[]:;'<>,.?/" };
const unmet = (password: string) =>
  passwordRuleStates(password, rules)
    .filter(({ met }) => !met)
    .map(({ key }) => key);

test('[IAM-07] every rule is judged by itself while one types', () => {
  expect(unmet('')).toEqual(['length', 'classes', 'characters']);
  expect(unmet('abc')).toEqual(['length', 'classes']);
  expect(unmet('abcdefgh')).toEqual(['classes']);
  expect(unmet('abcdefg1')).toEqual([]);
  expect(unmet('abcdefg1 ')).toEqual(['characters']);
  expect(unmet('abcdefg1\\')).toEqual(['characters']);
  expect(unmet('密码abcdefg1')).toEqual(['characters']);
  expect(unmet(`${'a1'.repeat(15)}x`)).toEqual(['length']);
  expect(passwordMeets('()`~{}[]A', rules)).toBe(true);
  expect(passwordMeets('abcdefg1', { ...rules, minClasses: 3 })).toBe(false);
});
