import { randomInt } from 'node:crypto';
import { BasaltError, both } from '@basalt/contract';
import type { SecuritySettings } from './security-settings.ts';

export const passwordSymbols = "()`~!@#$%^&*-+=_|{}[]:;'<>,.?/";
const classes = ['ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz', '0123456789', passwordSymbols] as const;
const allowed = new Set(classes.join(''));

/** @throws BasaltError passwordPolicy naming the first rule that is not met, at field `field`. */
export function passwordPolicyCheck(password: string, policy: SecuritySettings['password'], field = 'password'): void {
  const refuse = (zh: string, en: string): never => {
    throw new BasaltError('passwordPolicy', { rule: both(zh, en) }, { field });
  };
  if (password.length < policy.minLength || password.length > policy.maxLength)
    refuse(
      `长度应为 ${policy.minLength}–${policy.maxLength} 个字符`,
      `${policy.minLength}–${policy.maxLength} characters`,
    );
  if (!Array.from(password).every((character) => allowed.has(character)))
    refuse(`只能使用字母、数字和 ${passwordSymbols}`, `only letters, digits and ${passwordSymbols}`);
  const used = classes.filter((of) => Array.from(password).some((character) => of.includes(character))).length;
  if (used < policy.minClasses)
    refuse(
      `至少包含大写字母、小写字母、数字、符号中的 ${policy.minClasses} 类`,
      `at least ${policy.minClasses} of upper case, lower case, digits, symbols`,
    );
}

/** A random password that meets every policy: 20 characters without look-alikes, about 114 bits. */
export function passwordGenerate(): string {
  const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789';
  for (;;) {
    const password = Array.from({ length: 20 }, () => letters[randomInt(letters.length)]).join('');
    if (/[A-Z]/u.test(password) && /[a-z]/u.test(password) && /\d/u.test(password)) return password;
  }
}
