/**
 * The platform that the tests look at: the one whose state lies under BASALT_HOME, as the commands of `scripts` find it.
 * Nothing here goes behind the product's back but the command line that its own administrator has.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import type { BuiltInRole, RegionKey } from '@basalt/contract';
import { instanceRead, type Instance } from '@basalt/lab';
import { gatewayCli, platformApi, type PlatformApi } from '../scripts/lib/api.ts';
import { firstPasswordFile, home } from '../scripts/lib/paths.ts';
import { gatewayUrl, regionKey } from '../scripts/lib/processes.ts';

function instanceFind(): Instance {
  const found = instanceRead(home);
  if (!found) throw new Error(`no platform has been started under ${home}`);
  return found;
}

export const instance: Instance = instanceFind();
export const url: string = process.env['BASALT_URL'] ?? gatewayUrl(instance);
export const region = regionKey as RegionKey;
export const hostNumbers = [1, 2, 3] as const;
/** Named by the set-up that every platform gets. */
export const firstNames = { image: 'Tiny Linux', network: 'lab-100', account: 'admin@basalt.local' } as const;

/** A name that no other test and no earlier run has used. */
export const fresh = (what: string): string => `${what}-${randomBytes(4).toString('hex')}`;

/** A password that the policy takes. */
export const freshPassword = (): string => `Aa1!${randomBytes(9).toString('base64url')}`;

const printedPassword = (text: string): string => {
  const password = /^password: (.+)$/mu.exec(text)?.[1];
  if (password === undefined) throw new Error('the command printed no password');
  return password;
};

export interface Account {
  readonly email: string;
  readonly password: string;
}

/** A new account that need not change its password first. */
export async function accountCreate(role: BuiltInRole): Promise<Account> {
  const email = `${fresh('e2e')}@basalt.test`;
  const printed = await gatewayCli(
    instance,
    'account-create',
    '--email',
    email,
    '--role',
    role,
    '--regions',
    region,
    '--password',
    freshPassword(),
    '--no-change',
  );
  return { email, password: printedPassword(printed) };
}

/**
 * The password of the first account that must be changed at the first sign-in: what the start has printed, which is good
 * once. On a platform that is used a second time it is spent; then the machine's administrator makes another.
 */
export async function firstPassword(): Promise<string> {
  const file = firstPasswordFile();
  if (!existsSync(file)) return passwordReset(firstNames.account);
  const password = readFileSync(file, 'utf8');
  rmSync(file);
  return password;
}

/** A new password for an account, which must be changed at the next sign-in. */
export const passwordReset = async (email: string): Promise<string> =>
  printedPassword(await gatewayCli(instance, 'password-reset', '--email', email));

/** The token of a session of half an hour. */
export async function sessionIssue(email: string): Promise<string> {
  const printed = await gatewayCli(
    instance,
    'session-issue',
    '--email',
    email,
    '--minutes',
    '30',
    '--reason',
    'browser tests',
  );
  return printed.split('\n').at(-1) ?? '';
}

export const apiWith = (session: string): PlatformApi => platformApi(instance, session);
export type Api = PlatformApi['call'];
