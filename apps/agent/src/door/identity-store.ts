/**
 * Who this host is: key and certificate in the state directory, the region they belong to, and their renewal at half
 * life. The key is made here and never leaves; the files are the owner's only.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { identityOf, type KeyAndCertificate } from '@basalt/service/pki';

/** What enrolment settled; public. */
const membership = z.object({
  hostId: z.uuid(),
  hostName: z.string(),
  /** Where it told the region to find it. */
  address: z.string(),
  regionName: z.string(),
  /** Where the region is dialled: `https://address:port`. */
  regionUrl: z.string(),
  renewAfter: z.string(),
});
export type Membership = z.infer<typeof membership>;

export interface Identity {
  readonly own: KeyAndCertificate;
  /** PEM of the region's authority. */
  readonly ca: string;
  readonly membership: Membership;
}

const names = { key: 'host.key', ca: 'region-ca.crt', membership: 'membership.json', joining: 'joining.json' } as const;

/** Written beside and renamed: a crash leaves the old file or the new one. */
function writeWhole(file: string, content: string, mode: number): void {
  const next = `${file}.next`;
  writeFileSync(next, content, { mode, flush: true });
  renameSync(next, file);
}

export function identityWrite(stateDir: string, identity: Identity): void {
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  writeWhole(join(stateDir, names.ca), identity.ca, 0o644);
  // Key and certificate belong together: one file each would leave a pair that does not match after a crash between them.
  writeWhole(join(stateDir, names.key), `${identity.own.key}${identity.own.certificate}`, 0o600);
  writeWhole(join(stateDir, names.membership), `${JSON.stringify(identity.membership, null, 2)}\n`, 0o600);
  rmSync(join(stateDir, names.joining), { force: true });
}

/** What a host asks to join with, until it has its answer: whoever repeats the question must have the same key. */
const joining = z.object({
  /** SHA-256 of the token it goes with. */
  token: z.string(),
  csr: z.string(),
  key: z.string(),
});
export type Joining = z.infer<typeof joining>;

export function joiningWrite(stateDir: string, value: Joining): void {
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  writeWhole(join(stateDir, names.joining), JSON.stringify(value), 0o600);
}

/** Null when nothing has been asked with this token, or it has been answered. */
export function joiningRead(stateDir: string, token: string): Joining | null {
  const file = join(stateDir, names.joining);
  if (!existsSync(file)) return null;
  const found = joining.parse(JSON.parse(readFileSync(file, 'utf8')));
  return found.token === token ? found : null;
}

/** Null when this host has not been enrolled. */
export function identityRead(stateDir: string): Identity | null {
  const file = (name: keyof typeof names): string => join(stateDir, names[name]);
  if (!existsSync(file('membership')) || !existsSync(file('key'))) return null;
  const pair = readFileSync(file('key'), 'utf8');
  const split = pair.indexOf('-----BEGIN CERTIFICATE-----');
  return {
    own: { key: pair.slice(0, split), certificate: pair.slice(split) },
    ca: readFileSync(file('ca'), 'utf8'),
    membership: membership.parse(JSON.parse(readFileSync(file('membership'), 'utf8'))),
  };
}

/** The region's key, which labels every series. */
export const regionKeyOf = (certificate: string): string => regionIdentityOf(certificate).split('/')[3] ?? '';

/** `basalt://region/<key>/region`, from the host's own certificate: the only client this host answers. */
export function regionIdentityOf(certificate: string): string {
  const found = /^basalt:\/\/region\/([^/]+)\/host\//u.exec(identityOf(certificate) ?? '');
  if (!found?.[1]) throw new Error('the certificate of this host carries no host identity');
  return `basalt://region/${found[1]}/region`;
}
