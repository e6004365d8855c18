/**
 * Addresses and networks in one canonical form (IAM-12). An IPv4 address that comes mapped into IPv6 (::ffff:a.b.c.d) is the
 * IPv4 address; everything else has exactly one text. Nothing is guessed: leading zeros, missing parts, zone ids and
 * networks with bits set behind their prefix are refused, because each can be read in two ways.
 */

export interface Network {
  readonly version: 4 | 6;
  /** The address as a number, and how many of its leading bits count. */
  readonly bits: bigint;
  readonly prefix: number;
}

const WIDTH = { 4: 32, 6: 128 } as const;
const MAPPED = 0xffffn << 32n;

function parse4(text: string): bigint | null {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/u.test(part) && Number(part) <= 255))
    return null;
  return parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
}

function parse6(text: string): bigint | null {
  if (!/^[0-9a-f:.]{2,45}$/iu.test(text)) return null;
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const groupsOf = (half: string | undefined, isLast: boolean): bigint[] | null => {
    if (!half) return [];
    const words = half.split(':');
    const tail = words.at(-1) ?? '';
    const embedded = isLast && tail.includes('.') ? parse4(tail) : undefined;
    if (embedded === null) return null;
    const hex = embedded === undefined ? words : words.slice(0, -1);
    if (!hex.every((word) => /^[0-9a-f]{1,4}$/iu.test(word))) return null;
    const groups = hex.map((word) => BigInt(`0x${word}`));
    return embedded === undefined ? groups : [...groups, embedded >> 16n, embedded & 0xffffn];
  };
  const before = groupsOf(halves[0], halves.length === 1);
  const after = groupsOf(halves[1], true);
  if (!before || !after) return null;
  const gap = 8 - before.length - after.length;
  if (halves.length === 2 ? gap < 1 : gap !== 0) return null;
  return [...before, ...Array<bigint>(halves.length === 2 ? gap : 0).fill(0n), ...after].reduce(
    (sum, group) => (sum << 16n) | group,
    0n,
  );
}

/** An address or network in CIDR notation; null when it is neither, or has bits set behind its prefix. */
export function networkParse(text: string): Network | null {
  const [address = '', length, more] = text.trim().split('/');
  if (more !== undefined) return null;
  const is6 = address.includes(':');
  const bits = is6 ? parse6(address) : parse4(address);
  if (bits === null) return null;
  const width = is6 ? WIDTH[6] : WIDTH[4];
  if (length !== undefined && !/^(0|[1-9]\d{0,2})$/u.test(length)) return null;
  const prefix = length === undefined ? width : Number(length);
  if (prefix > width) return null;
  if (is6 && prefix >= 96 && bits >> 32n === MAPPED >> 32n)
    return whole({ version: 4, bits: bits & 0xffff_ffffn, prefix: prefix - 96 });
  return whole({ version: is6 ? 6 : 4, bits, prefix });
}

/** Null for a network that has bits behind its prefix. */
function whole(network: Network): Network | null {
  const rest = BigInt(WIDTH[network.version] - network.prefix);
  return (network.bits >> rest) << rest === network.bits ? network : null;
}

/** The canonical text: a network with its prefix, a single address without; IPv6 as RFC 5952 writes it. */
export function networkText({ version, bits, prefix }: Network): string {
  const length = prefix === WIDTH[version] ? '' : `/${prefix}`;
  if (version === 4) return `${[24n, 16n, 8n, 0n].map((by) => (bits >> by) & 0xffn).join('.')}${length}`;
  const groups = Array.from({ length: 8 }, (_, i) => ((bits >> BigInt(112 - i * 16)) & 0xffffn).toString(16));
  let best = { at: -1, length: 1 };
  for (let at = 0; at < 8; at += 1) {
    let end = at;
    while (groups[end] === '0') end += 1;
    if (end - at > best.length) best = { at, length: end - at };
    at = Math.max(at, end);
  }
  const text =
    best.at < 0
      ? groups.join(':')
      : `${groups.slice(0, best.at).join(':')}::${groups.slice(best.at + best.length).join(':')}`;
  return `${text}${length}`;
}

const texts = new Map<string, string>();

/** The one text of an address as a socket tells it; what cannot be read stays as it is and matches no network. */
export function addressCanonical(address: string): string {
  const known = texts.get(address);
  if (known !== undefined) return known;
  const found = networkParse(address.replace(/%.*$/u, ''));
  const text = found ? networkText(found) : address;
  if (texts.size >= 10_000) texts.clear();
  texts.set(address, text);
  return text;
}

const contains = (network: Network, address: Network): boolean => {
  if (network.version !== address.version) return false;
  const rest = BigInt(WIDTH[network.version] - network.prefix);
  return network.bits >> rest === address.bits >> rest;
};

const parsed = new Map<string, Network | null>();
const networkOf = (text: string): Network | null => {
  let found = parsed.get(text);
  if (found === undefined) {
    if (parsed.size >= 10_000) parsed.clear();
    parsed.set(text, (found = networkParse(text)));
  }
  return found;
};

/** Whether an address lies in one of the networks; no networks: everywhere. An address that cannot be read lies in none. */
export function sourceMatches(sources: readonly string[], address: string): boolean {
  if (sources.length === 0) return true;
  const from = networkOf(addressCanonical(address));
  if (!from) return false;
  return sources.some((source) => {
    const network = networkOf(source);
    return network !== null && contains(network, from);
  });
}
