/** What cannot be said by a schema about mail settings: what needs what, and whom a stored password may be sent to. */
import { X509Certificate } from 'node:crypto';
import { BasaltError, both } from '@basalt/contract';
import type { Sealer } from '@basalt/service';
import { passwordFits, type StoredMail } from './settings.ts';

const refuse = (field: string, zh: string, en: string, cause?: unknown): BasaltError =>
  new BasaltError('invalidInput', { field, rule: both(zh, en) }, { field, cause });

/** One or more certificates as PEM, or nothing. @throws BasaltError invalidInput. */
export function certificatesCheck(field: string, pem: string): void {
  if (pem.trim() === '') return;
  const found = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/gu) ?? [];
  try {
    if (found.length === 0) throw new Error('no certificate');
    for (const one of found) new X509Certificate(one);
  } catch (cause) {
    throw refuse(field, '应为 PEM 格式的证书', 'must be a certificate in PEM form', cause);
  }
}

/** @throws BasaltError invalidInput. */
export function mailServerCheck(given: { enabled: boolean; host: string; port: number; ca: string }, field = ''): void {
  if (given.enabled && given.host === '') throw refuse(`${field}host`, '请填写服务器', 'a server is needed');
  if (given.enabled && given.port === 0) throw refuse(`${field}port`, '请填写端口', 'a port is needed');
  certificatesCheck(`${field}ca`, given.ca);
}

/**
 * The password to store or to use, sealed: the one given, or the stored one if it may go to this server.
 * @throws BasaltError invalidInput when it must be given anew.
 */
export function passwordChosen(
  seal: Sealer,
  before: StoredMail | null,
  given: Omit<StoredMail, 'password'> & { readonly password?: string | null | undefined },
  field = '',
): string | null {
  if (typeof given.password === 'string' && given.password !== '') return seal.seal(given.password);
  if (given.password !== undefined) return null;
  if (before === null || before.password === null) return null;
  if (passwordFits(before, given)) return before.password;
  throw refuse(
    `${field}password`,
    '服务器或账号已变更，请重新填写密码',
    'the server or the user is another now; give the password again',
  );
}
