/** Checks of everything that goes into OVN as text. Each returns the canonical form or throws InvalidValueError. */
import { isIPv4, isIPv6 } from 'node:net';
import { InvalidValueError } from './errors.ts';

export type Family = 4 | 6;

/** Address as an integer; the text must have passed isIPv4 or isIPv6. */
function addressBits(text: string, family: Family): bigint {
  if (family === 4) return text.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  const v4 = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  let full = text;
  if (v4?.[1] !== undefined && v4[2] !== undefined) {
    const low = addressBits(v4[2], 4);
    full = `${v4[1]}${(low >> 16n).toString(16)}:${(low & 0xffffn).toString(16)}`;
  }
  const [head = '', tail] = full.split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right].reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
}

/** An IPv4 or IPv6 address without prefix or zone. */
export function checkAddress(text: string, field = 'address', family?: Family): string {
  const is4 = typeof text === 'string' && isIPv4(text);
  const is6 = typeof text === 'string' && !text.includes('%') && isIPv6(text);
  if ((!is4 && !is6) || (family === 4 && !is4) || (family === 6 && !is6)) {
    throw new InvalidValueError(field, `not an IPv${family ?? '4 or IPv6'} address`, text);
  }
  return text.toLowerCase();
}

/** 4 or 6; the text must be an address. */
export function familyOf(text: string): Family {
  return text.includes(':') ? 6 : 4;
}

/** A network in prefix notation whose host bits are zero (OVN drops the whole flow otherwise). */
export function checkCidr(text: string, field = 'cidr', family?: Family): string {
  const parts = typeof text === 'string' ? text.split('/') : [];
  const [address, prefix] = parts;
  if (parts.length !== 2 || address === undefined || prefix === undefined || !/^(0|[1-9]\d{0,2})$/.test(prefix)) {
    throw new InvalidValueError(field, 'not a network in prefix notation', text);
  }
  const canonical = checkAddress(address, field, family);
  const of = familyOf(canonical);
  const width = of === 4 ? 32 : 128;
  const length = Number(prefix);
  if (length > width) throw new InvalidValueError(field, `prefix longer than ${width}`, text);
  if ((addressBits(canonical, of) & ((1n << BigInt(width - length)) - 1n)) !== 0n) {
    throw new InvalidValueError(field, 'has bits set beyond the prefix', text);
  }
  return `${canonical}/${prefix}`;
}

/** Whether the address lies in the network; both must have passed their checks. */
export function cidrContains(cidr: string, address: string): boolean {
  const [network = '', prefix = '0'] = cidr.split('/');
  const family = familyOf(network);
  if (familyOf(address) !== family) return false;
  const shift = BigInt((family === 4 ? 32 : 128) - Number(prefix));
  return addressBits(network, family) >> shift === addressBits(address, family) >> shift;
}

/** A MAC address with colons; lower case comes back. */
export function checkMac(text: string, field = 'mac'): string {
  if (typeof text !== 'string' || !/^[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}$/.test(text)) {
    throw new InvalidValueError(field, 'not a MAC address', text);
  }
  return text.toLowerCase();
}

/** A whole number within bounds, both included. */
export function checkInteger(value: number, min: number, max: number, field: string): number {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new InvalidValueError(field, `not a whole number from ${min} to ${max}`, value);
  }
  return value;
}

/** A TCP, UDP or SCTP port. */
export const checkL4Port = (value: number, field = 'port'): number => checkInteger(value, 0, 65_535, field);

/** Name of a port group or address set: OVN's lexer takes nothing else after `@` and `$`. */
export function checkIdentifier(text: string, field = 'name'): string {
  if (typeof text !== 'string' || !/^[A-Za-z_][A-Za-z0-9_]{0,62}$/.test(text)) {
    throw new InvalidValueError(field, 'not an identifier (letters, digits and _; at most 63)', text);
  }
  return text;
}

/** An identifier from any id: `groupName('sg', '0190-ab…')` = `sg_0190_ab…`. */
export function identifierFrom(prefix: string, id: string): string {
  return checkIdentifier(`${prefix}_${id.replaceAll('-', '_')}`, 'id');
}

/** Name of a logical switch, port, physical network, meter or chassis: what cannot need quoting anywhere. */
export function checkName(text: string, field = 'name'): string {
  if (typeof text !== 'string' || !/^[A-Za-z0-9_][A-Za-z0-9_.:-]{0,127}$/.test(text)) {
    throw new InvalidValueError(field, 'not a name (letters, digits and _ . : -)', text);
  }
  return text;
}

/** A DNS name, without trailing dot. */
export function checkDomain(text: string, field = 'domain'): string {
  const label = '[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
  if (typeof text !== 'string' || text.length > 253 || !new RegExp(`^${label}(\\.${label})*$`).test(text)) {
    throw new InvalidValueError(field, 'not a domain name', text);
  }
  return text.toLowerCase();
}

/** Any text for a person: no control characters, bounded. For external_ids only; never part of an expression. */
export function checkNote(text: string, field = 'text'): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is refused
  if (typeof text !== 'string' || text.length > 1024 || /[\u0000-\u001f\u007f]/.test(text)) {
    throw new InvalidValueError(field, 'contains control characters or is too long', text);
  }
  return text;
}
