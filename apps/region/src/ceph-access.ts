/** How hosts reach the storage, read from the region's own ceph.conf and keyring. */
import { readFileSync } from 'node:fs';
import type { storageAccessSpec } from '@basalt/contract/agent/index';
import { derivedId } from '@basalt/service';
import type { z } from 'zod';

export type StorageAccess = z.infer<typeof storageAccessSpec>;

export interface CephAccessFiles {
  readonly conf: string;
  readonly keyring: string;
  /** cephx user, with or without `client.`. */
  readonly user: string;
  readonly region: string;
}

/** Without `client.`, as librbd and libvirt want it. */
export const cephUserName = (user: string): string => user.replace(/^client\./u, '');

/** A setting of an ini file, spaces and underscores in its name alike. */
function setting(text: string, name: string): string | null {
  const pattern = new RegExp(`^\\s*${name.replaceAll('_', '[ _]')}\\s*=\\s*(.+?)\\s*$`, 'mu');
  return pattern.exec(text)?.[1] ?? null;
}

/**
 * Monitors as `address` or `address:port`: libvirt's domain XML knows no address vectors, so of `[v2:…,v1:…]` the address is
 * taken, and the port only where it is not Ceph's usual one.
 */
export function monHostsOf(value: string): string[] {
  const entries = value.match(/\[[^\]]*:[^\]]*\]|[^\s,]+/gu) ?? [];
  return entries.flatMap((entry) => {
    const parts = /^\[(?=v[12]:)(.*)\]$/u.exec(entry)?.[1]?.split(',') ?? [entry];
    const chosen = parts.find((part) => part.startsWith('v1:')) ?? parts[0] ?? '';
    const address = chosen.replace(/^v[12]:/u, '').replace(/\/\d+$/u, '');
    return address === '' ? [] : [address.replace(/:(?:6789|3300)$/u, '')];
  });
}

/** Read anew each time: keys may be changed while the region runs. @throws Error naming what is missing. */
export function cephAccessRead({ conf, keyring, user, region }: CephAccessFiles): StorageAccess {
  const text = readFileSync(conf, 'utf8');
  const fsid = setting(text, 'fsid');
  const monHost = setting(text, 'mon_host');
  const name = cephUserName(user);
  const section = readFileSync(keyring, 'utf8')
    .split(/^\[/mu)
    .find((part) => part.startsWith(`client.${name}]`));
  const key = section === undefined ? null : setting(section, 'key');
  if (!fsid || !monHost) throw new Error(`${conf} names no fsid or no mon_host`);
  if (!key) throw new Error(`${keyring} has no key of client.${name}`);
  return { fsid, monHosts: monHostsOf(monHost), user: name, key, secretId: derivedId('ceph-secret', region, fsid) };
}

/** For hosts that are simulated: nothing is reached with it. */
export const cephAccessSim = (region: string): StorageAccess => ({
  fsid: derivedId('ceph-fsid', region),
  monHosts: ['127.0.0.1'],
  user: 'basalt',
  key: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  secretId: derivedId('ceph-secret', region),
});
