import { randomInt } from 'node:crypto';
import { BasaltError, both, passwordRuleBroken, passwordSymbols, type LoginPolicyValues } from '@basalt/contract';

export { passwordSymbols };
export type PasswordRules = Pick<LoginPolicyValues['password'], 'minLength' | 'minClasses'>;

/** @throws BasaltError passwordPolicy naming the first rule that is not met, at field `field`. */
export function passwordPolicyCheck(password: string, policy: PasswordRules, field = 'password'): void {
  const broken = passwordRuleBroken(password, policy);
  if (broken) throw new BasaltError('passwordPolicy', { rule: both(broken['zh-CN'], broken['en-US']) }, { field });
}

const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789';
const groups = [5, 5, 5, 5, 6];

/** A random password that meets every policy that can be set: all classes, the greatest length, no look-alikes; 150 bits. */
export function passwordGenerate(): string {
  const group = (length: number): string => Array.from({ length }, () => letters[randomInt(letters.length)]).join('');
  for (;;) {
    const password = groups.map(group).join('-');
    if (passwordRuleBroken(password, { minLength: 30, minClasses: 4 }) === null) return password;
  }
}
