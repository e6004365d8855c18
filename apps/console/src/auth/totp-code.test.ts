import { expect, test } from 'vitest';
import { cleanCode, isAppCode } from './totp-code.ts';

test('[IAM-13] a pasted code loses spaces and what surrounds it', () => {
  expect(cleanCode(' 123 456 ', 'app')).toBe('123456');
  expect(cleanCode('１２３４５６', 'app')).toBe('123456');
  expect(cleanCode('code: 123-456 (app)', 'app')).toBe('123456');
  expect(cleanCode('1234567', 'app')).toBe('123456');
  expect(cleanCode(' 7k2m-Q9xd\n', 'recovery')).toBe('7k2m-Q9xd');
  expect(isAppCode('12345')).toBe(false);
  expect(isAppCode('123456')).toBe(true);
});
