/** How operations name a domain: by UUID. libvirt finds domains by it alone and uses the name only in messages. */
import type { NonnullDomain } from './gen/remote.ts';

/** A domain as libvirt lists it; `id` is null while it does not run. */
export interface DomainHandle {
  uuid: string;
  name: string;
  id: number | null;
}

export type DomainRef = string | { uuid: string; name?: string };

/** UUID text from its 16 bytes. */
export const uuidText = (bytes: Buffer): string => {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};

/** The 16 bytes of a UUID. Throws TypeError for anything else. */
export const uuidBytes = (text: string): Buffer => {
  const hex = text.replaceAll('-', '');
  if (!/^[0-9a-f]{32}$/i.test(hex)) throw new TypeError(`not a UUID: ${JSON.stringify(text)}`);
  return Buffer.from(hex, 'hex');
};

export const uuidOf = (ref: DomainRef): string => (typeof ref === 'string' ? ref : ref.uuid);

export const domainOf = (ref: DomainRef): NonnullDomain => {
  const uuid = uuidOf(ref);
  return { uuid: uuidBytes(uuid), name: typeof ref === 'string' ? uuid : (ref.name ?? uuid), id: -1 };
};

export const handleOf = ({ uuid, name, id }: NonnullDomain): DomainHandle => ({
  uuid: uuidText(uuid),
  name,
  id: id < 0 ? null : id,
});

/** Bits of the flags whose switch is true. */
export const flagBits = <T extends object>(
  switches: T | undefined,
  bits: { readonly [K in keyof T]-?: number },
): number => {
  let flags = 0;
  for (const key of Object.keys(bits) as (keyof T & string)[]) if (switches?.[key]) flags |= bits[key];
  return flags >>> 0;
};
