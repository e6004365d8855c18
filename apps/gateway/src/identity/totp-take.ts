import type { Parts } from '../parts.ts';
import type { AccountRow } from '../store/account-store.ts';
import { recoveryCodesLeft, recoveryCodeTake, totpStepTake } from '../store/totp-store.ts';
import { isRecoveryCode, recoveryCodeHash } from './recovery-codes.ts';
import { totpStep } from './totp.ts';

export type CodeTaken =
  | { readonly method: 'app' }
  /** `left`: recovery codes that are still good. */
  | { readonly method: 'recoveryCode'; readonly left: number };

/** Uses up a code of the account's app or one of its recovery codes; null when it is neither, or used. */
export async function codeTake(
  { db, seal }: Pick<Parts, 'db' | 'seal'>,
  { id, totpSecret }: Pick<AccountRow, 'id' | 'totpSecret'>,
  code: string,
): Promise<CodeTaken | null> {
  if (totpSecret === null) return null;
  if (isRecoveryCode(code)) {
    if (!(await recoveryCodeTake(db, id, recoveryCodeHash(id, code)))) return null;
    return { method: 'recoveryCode', left: await recoveryCodesLeft(db, id) };
  }
  const step = totpStep(seal.unseal(totpSecret), code.replaceAll(' ', ''));
  return step !== null && (await totpStepTake(db, id, step)) ? { method: 'app' } : null;
}
