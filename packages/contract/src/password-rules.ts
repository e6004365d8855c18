/** What a password must be made of (IAM-07): one rule for accounts and for virtual machines. */
import type { Text } from './locale.ts';

export const PASSWORD_MAX = 30;
export const passwordSymbols = "()`~!@#$%^&*-+=_|{}[]:;'<>,.?/";
export const passwordClasses = [
  'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  'abcdefghijklmnopqrstuvwxyz',
  '0123456789',
  passwordSymbols,
] as const;

const allowed = new Set(passwordClasses.join(''));

/** The first rule that a password breaks, or null. */
export function passwordRuleBroken(
  password: string,
  { minLength, minClasses }: { readonly minLength: number; readonly minClasses: number },
): Text | null {
  if (password.length < minLength || password.length > PASSWORD_MAX)
    return {
      'zh-CN': `长度应为 ${minLength}–${PASSWORD_MAX} 个字符`,
      'en-US': `${minLength}–${PASSWORD_MAX} characters`,
    };
  if (!Array.from(password).every((character) => allowed.has(character)))
    return {
      'zh-CN': `只能使用字母、数字和 ${passwordSymbols}`,
      'en-US': `only letters, digits and ${passwordSymbols}`,
    };
  const used = passwordClasses.filter((of) => Array.from(password).some((character) => of.includes(character))).length;
  if (used < minClasses)
    return {
      'zh-CN': `至少包含大写字母、小写字母、数字、符号中的 ${minClasses} 类`,
      'en-US': `at least ${minClasses} of upper case, lower case, digits, symbols`,
    };
  return null;
}
