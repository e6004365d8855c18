/** Codes as people type and paste them: with spaces, dashes, full-width digits, in either case. */

/** What of a typed text can be a code: six digits of an app, or a recovery code with its dashes. */
export function cleanCode(text: string, way: 'app' | 'recovery'): string {
  const plain = text.normalize('NFKC');
  return way === 'app' ? plain.replace(/\D/gu, '').slice(0, 6) : plain.replace(/[^\w-]/gu, '').slice(0, 32);
}

export const isAppCode = (code: string): boolean => /^\d{6}$/u.test(code);
