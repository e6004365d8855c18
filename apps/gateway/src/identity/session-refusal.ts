import { BasaltError, both } from '@basalt/contract';
import type { EndReason } from '../store/session-store.ts';

/** Why a session is over, to be told where one signs in again. What one did oneself needs no telling. */
const reasons: Readonly<Record<EndReason, readonly [zh: string, en: string] | null>> = {
  signedOut: null,
  idle: ['长时间未操作，已自动退出', 'nothing was done for too long'],
  expired: ['已达到最长登录时间', 'it had reached its longest time'],
  tooMany: ['该账号的会话数已达上限，最早的会话已结束', 'the account had too many sessions, and this was the oldest'],
  replaced: ['该账号已在其他地方登录', 'the account has signed in elsewhere'],
  passwordChanged: ['密码已修改', 'the password has been changed'],
  frozen: ['账号已被冻结', 'the account has been frozen'],
  ended: ['已在其他会话中被结束', 'it was ended from another session of yours'],
  deleted: ['账号已被删除', 'the account has been deleted'],
  endedByAdministrator: ['已被管理员强制下线', 'an administrator ended it'],
};

/** What an old token is answered. */
export function sessionRefusal(reason: EndReason): BasaltError {
  const text = reasons[reason];
  return text ? new BasaltError('sessionEnded', { reason: both(...text) }) : new BasaltError('notSignedIn');
}
