/** Names go into argv and into `pool/image@snap` specs: nothing that could be an option or change the spec's meaning. */
import { CephError } from './errors.ts';
import type { ImageRef, SnapRef } from './types.ts';

/** A pool, image or snapshot name. */
export function checkName(name: string, what: string): string {
  if (typeof name !== 'string' || !/^[A-Za-z0-9._][A-Za-z0-9._-]{0,127}$/.test(name)) {
    throw new CephError('invalid', `${what}: not a name of letters, digits and . _ - (got ${JSON.stringify(name)})`);
  }
  return name;
}

/** A positive number of bytes. */
export function checkSize(size: number, what = 'size'): number {
  if (!Number.isSafeInteger(size) || size <= 0)
    throw new CephError('invalid', `${what}: not a positive number of bytes`);
  return size;
}

/** `pool/image`. */
export const imageSpec = (ref: ImageRef): string => `${checkName(ref.pool, 'pool')}/${checkName(ref.image, 'image')}`;

/** `pool/image@snap`. */
export const snapSpec = (ref: SnapRef): string => `${imageSpec(ref)}@${checkName(ref.snap, 'snapshot')}`;

/** A cephx entity such as `client.basalt`. */
export function checkEntity(entity: string): string {
  if (!/^(client|mgr|osd|mds)\.[A-Za-z0-9._-]{1,64}$/.test(entity)) {
    throw new CephError('invalid', `entity: not a cephx entity (got ${JSON.stringify(entity)})`);
  }
  return entity;
}

/** A client address for the blocklist, `ip`, `ip:port/nonce`; IPv6 in brackets when a port follows. */
export function checkClientAddress(address: string): string {
  if (!/^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-fA-F:]+\])(:\d{1,5}\/\d{1,20})?$/.test(address)) {
    throw new CephError('invalid', `address: not ip or ip:port/nonce (got ${JSON.stringify(address)})`);
  }
  return address.includes('/') ? address : `${address}:0/0`;
}
