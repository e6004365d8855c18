/** Mail settings (SET-01): one row of settings with the password sealed in it; nothing ever answers the password. */
import { z } from 'zod';
import { mailServer, mailSettings, type MailSettings } from '@basalt/contract';
import type { Sealer } from '@basalt/service';
import type { Executor } from '../store/database.ts';
import { settingGet, type SettingRow } from '../store/setting-store.ts';

const stored = mailServer.extend({ password: z.string().nullable() });
export type StoredMail = z.infer<typeof stored>;

/** What it takes to reach a server. */
export interface MailAccess extends z.infer<typeof mailServer> {
  readonly password: string | null;
}

const unset: MailSettings = {
  enabled: false,
  host: '',
  port: 994,
  security: 'ssl',
  user: '',
  sender: null,
  subjectPrefix: '[Basalt]',
  ca: '',
  hasPassword: false,
  version: 0,
  updatedAt: null,
};

/** As it lies in the table, the password sealed. */
export const storedMail = (row: SettingRow | null): StoredMail | null => (row ? stored.parse(row.value) : null);

/** As everybody who may read settings sees them. */
export function mailSettingsTold(row: SettingRow | null): MailSettings {
  const found = storedMail(row);
  if (!row || !found) return unset;
  const { password, ...server } = found;
  const { version, updatedAt } = row;
  return mailSettings.parse({ ...server, hasPassword: password !== null, version, updatedAt: updatedAt.toISOString() });
}

/** The stored server with its password opened, or null where none is stored. */
export async function mailAccess(db: Executor, seal: Sealer): Promise<MailAccess | null> {
  const found = storedMail(await settingGet(db, 'mail'));
  return found && { ...found, password: found.password === null ? null : seal.unseal(found.password) };
}

/** Whether mail can be sent at all. What is queued while it is off waits and expires. */
export async function mailReady(db: Executor): Promise<boolean> {
  const found = storedMail(await settingGet(db, 'mail'));
  return found !== null && found.enabled && found.host !== '';
}

/**
 * Whether a password that was given for one server may be sent to another: only if nobody but that server can read it. Who
 * may change settings, but does not know the password, must not get it by naming a server of his own.
 */
export const passwordFits = (
  before: Pick<StoredMail, 'host' | 'port' | 'security' | 'user' | 'ca'>,
  after: Pick<StoredMail, 'host' | 'port' | 'security' | 'user' | 'ca'>,
): boolean =>
  before.host === after.host &&
  before.port === after.port &&
  before.user === after.user &&
  before.ca.trim() === after.ca.trim() &&
  (before.security === after.security || before.security === 'none');
