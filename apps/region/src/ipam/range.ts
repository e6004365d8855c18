/**
 * Arithmetic on IPv4 ranges: what of a subnet may be given to NICs, and which address is next. Pure; who really gets an
 * address is decided by the database's primary key.
 */
export interface SubnetShape {
  readonly cidr: string;
  readonly gateway: string | null;
  /** Address OVN answers DHCP from. */
  readonly dhcpServer: string;
  readonly excluded: readonly { readonly from: string; readonly to: string }[];
}

export type AddressBar = 'outside' | 'network' | 'broadcast' | 'gateway' | 'dhcpServer' | 'excluded';

/** Closed interval of addresses as numbers. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

export const addressToNumber = (address: string): number =>
  address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

export const numberToAddress = (value: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');

/** First and last address of a CIDR block, host bits of its address ignored. */
export function cidrInterval(cidr: string): Interval {
  const [address = '0.0.0.0', prefix = '32'] = cidr.split('/');
  const size = 2 ** (32 - Number(prefix));
  const from = Math.floor(addressToNumber(address) / size) * size;
  return { from, to: from + size - 1 };
}

/** The block with its host bits cleared: `10.1.2.3/24` → `10.1.2.0/24`. */
export const cidrCanonical = (cidr: string): string =>
  `${numberToAddress(cidrInterval(cidr).from)}/${cidr.split('/')[1] ?? '32'}`;

export const cidrContains = (cidr: string, address: string): boolean => {
  const { from, to } = cidrInterval(cidr);
  const value = addressToNumber(address);
  return value >= from && value <= to;
};

export const cidrsOverlap = (a: string, b: string): boolean => {
  const [x, y] = [cidrInterval(a), cidrInterval(b)];
  return x.from <= y.to && y.from <= x.to;
};

/** Blocks of /31 and /32 have neither network nor broadcast address (RFC 3021). */
const hasEnds = ({ from, to }: Interval): boolean => to - from >= 3;

/** Where OVN answers DHCP from when there is no gateway: the last address that is neither broadcast nor excluded. */
export function dhcpServerChoose(subnet: Omit<SubnetShape, 'dhcpServer'>): string | null {
  if (subnet.gateway) return subnet.gateway;
  const blocked = blockedIntervals({ ...subnet, dhcpServer: '' }).toReversed();
  let at = cidrInterval(subnet.cidr).to;
  for (const interval of blocked) if (at <= interval.to && at >= interval.from) at = interval.from - 1;
  return at >= cidrInterval(subnet.cidr).from ? numberToAddress(at) : null;
}

/** What is never given, inside the block, sorted, merged. */
export function blockedIntervals(subnet: SubnetShape): readonly Interval[] {
  const block = cidrInterval(subnet.cidr);
  const one = (address: string | null): Interval[] =>
    address ? [{ from: addressToNumber(address), to: addressToNumber(address) }] : [];
  const all = [
    ...(hasEnds(block)
      ? [
          { from: block.from, to: block.from },
          { from: block.to, to: block.to },
        ]
      : []),
    ...one(subnet.gateway),
    ...one(subnet.dhcpServer || null),
    ...subnet.excluded.map((r) => ({ from: addressToNumber(r.from), to: addressToNumber(r.to) })),
  ]
    .map(({ from, to }) => ({ from: Math.max(from, block.from), to: Math.min(to, block.to) }))
    .filter(({ from, to }) => from <= to)
    .toSorted((a, b) => a.from - b.from);
  const merged: Interval[] = [];
  for (const next of all) {
    const last = merged.at(-1);
    if (last && next.from <= last.to + 1)
      merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, next.to) };
    else merged.push(next);
  }
  return merged;
}

/** How many addresses the subnet can give in all. */
export function addressTotal(subnet: SubnetShape): number {
  const { from, to } = cidrInterval(subnet.cidr);
  return to - from + 1 - blockedIntervals(subnet).reduce((sum, i) => sum + i.to - i.from + 1, 0);
}

/** Why this address is never given, or null when it can be. */
export function addressBar(subnet: SubnetShape, address: string): AddressBar | null {
  const block = cidrInterval(subnet.cidr);
  const value = addressToNumber(address);
  if (value < block.from || value > block.to) return 'outside';
  if (hasEnds(block) && value === block.from) return 'network';
  if (hasEnds(block) && value === block.to) return 'broadcast';
  if (address === subnet.gateway) return 'gateway';
  if (address === subnet.dhcpServer) return 'dhcpServer';
  const excluded = subnet.excluded.some((r) => addressToNumber(r.from) <= value && value <= addressToNumber(r.to));
  return excluded ? 'excluded' : null;
}

/**
 * The lowest address in `[from, to]` that is neither blocked nor used; null when there is none.
 * @param blocked sorted and merged, as {@link blockedIntervals} gives it
 * @param used sorted, ascending; smaller and greater ones than the range may be among them
 */
export function firstFree(range: Interval, blocked: readonly Interval[], used: readonly number[]): number | null {
  let at = range.from;
  let b = 0;
  let u = 0;
  while (at <= range.to) {
    while (b < blocked.length && (blocked[b]?.to ?? 0) < at) b += 1;
    const bar = blocked[b];
    if (bar && bar.from <= at) {
      at = bar.to + 1;
      continue;
    }
    while (u < used.length && (used[u] ?? 0) < at) u += 1;
    if (used[u] !== at) return at;
    at += 1;
  }
  return null;
}

/**
 * Up to `count` free addresses behind the one given last, from the start again at the end.
 * @param last offset in the block
 */
export function freeRun(
  block: Interval,
  blocked: readonly Interval[],
  used: readonly number[],
  last: number,
  count: number,
): number[] {
  const taken = new Set(used);
  const barred = (at: number): boolean =>
    taken.has(at) || blocked.some((interval) => interval.from <= at && at <= interval.to);
  const size = block.to - block.from + 1;
  const found: number[] = [];
  for (let step = 1; step <= size && found.length < count; step += 1) {
    const at = block.from + ((last + step) % size);
    if (!barred(at)) found.push(at);
  }
  return found;
}
