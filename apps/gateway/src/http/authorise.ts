import { BasaltError, both, permissionLabel, personOnly, type Permission, type Procedure } from '@basalt/contract';
import type { Parts } from '../parts.ts';
import { refusalLog } from './change.ts';
import type { GatewayContext } from './context.ts';

interface AskedCall {
  readonly name: string;
  readonly procedure: Pick<Procedure, 'access' | 'kind'>;
  readonly ctx: GatewayContext;
}

export const permissionMissing = (permission: Permission): BasaltError => {
  const label = permissionLabel(permission);
  return new BasaltError('permissionMissing', {
    permission: both(`${label['zh-CN']}（${permission}）`, `${label['en-US']} (${permission})`),
  });
};

/**
 * The decision itself, for doors that log refusals in their own way.
 * @throws BasaltError notSignedIn, sessionEnded, sourceRefused, hoursRefused, passwordChangeRequired, seeAsReadOnly, permissionMissing.
 */
export function accessCheck({ name, procedure: { access, kind }, ctx: { session, refusal } }: AskedCall): void {
  if (access === 'public') return;
  if (!session) throw refusal ?? new BasaltError('notSignedIn');
  if (session.mustChangePassword && !name.startsWith('session.')) throw new BasaltError('passwordChangeRequired');
  if (session.apiKeyId && personOnly.has(name)) throw new BasaltError('personRequired');
  if (session.seeAs && kind === 'mutation') throw new BasaltError('seeAsReadOnly');
  if (access !== 'session' && !session.may.has(access)) throw permissionMissing(access);
}

/**
 * The one decision whether an account may call a procedure; every way in asks it. Deny by default: what is neither public
 * nor open to any session needs a permission. A permission that holds for some resources only opens the door too; for which
 * ones is then asked where they are known. Refused mutations are logged.
 * @throws BasaltError notSignedIn, sessionEnded, sourceRefused, hoursRefused, passwordChangeRequired, seeAsReadOnly, permissionMissing.
 */
export async function authorise(parts: Parts, call: AskedCall & { readonly procedure: Procedure }): Promise<void> {
  try {
    accessCheck(call);
  } catch (error) {
    await refusalLog(parts, call, error);
    throw error;
  }
}
