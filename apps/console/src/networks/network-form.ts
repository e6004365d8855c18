/** The create form's texts and the contract's network, in both directions. The contract's schema says what is valid. */
import type { networkInput } from '@basalt/contract';
import type { z } from 'zod';

export interface NetworkValues {
  name: string;
  note: string;
  uplink: string;
  vlan: number | null;
  mtu: number | null;
  /** False = the network is only a wire. */
  managed: boolean;
  cidr: string;
  /** Empty = none; follows the first address of the subnet until it is typed. */
  gateway: string;
  gatewayTyped: boolean;
  /** Separated by commas or spaces. */
  dns: string;
  /** One per line: `10.0.0.1-10.0.0.9` or one address. */
  excluded: string;
  dhcp: boolean;
  leaseHours: number | null;
  /** One per line: `10.9.0.0/16 10.0.0.1`. */
  routes: string;
}

export const emptyNetwork: NetworkValues = {
  name: '',
  note: '',
  uplink: '',
  vlan: 0,
  mtu: 1500,
  managed: true,
  cidr: '',
  gateway: '',
  gatewayTyped: false,
  dns: '',
  excluded: '',
  dhcp: true,
  leaseHours: 24,
  routes: '',
};

const split = (text: string, by: RegExp): string[] =>
  text
    .split(by)
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** The first address of a subnet that a host can have, or undefined while the text is none. */
export function firstAddress(cidr: string): string | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr.trim());
  if (!parts) return undefined;
  const [a = 256, b = 256, c = 256, d = 256, length = 33] = parts.slice(1).map(Number);
  if ([a, b, c, d].some((octet) => octet > 255) || length > 30) return undefined;
  const address = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
  const mask = length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0;
  const first = ((address & mask) >>> 0) + 1;
  return [24, 16, 8, 0].map((shift) => (first >>> shift) & 255).join('.');
}

/** How many addresses a subnet has for guests, without network, broadcast and gateway. */
export function subnetRoom(cidr: string, gateway: string): number | undefined {
  if (firstAddress(cidr) === undefined) return undefined;
  const length = Number(cidr.trim().split('/')[1]);
  return 2 ** (32 - length) - 2 - (gateway.trim() === '' ? 0 : 1);
}

/** What the procedure is given; invalid texts go through, so that its schema says what is wrong and where. */
export function networkInputOf(values: NetworkValues): z.input<typeof networkInput> {
  return {
    name: values.name.trim(),
    note: values.note,
    uplink: values.uplink,
    vlan: values.vlan ?? Number.NaN,
    mtu: values.mtu ?? Number.NaN,
    subnet: values.managed
      ? {
          cidr: values.cidr.trim(),
          gateway: values.gateway.trim() === '' ? null : values.gateway.trim(),
          dns: split(values.dns, /[\s,，;]+/u),
          excluded: split(values.excluded, /[\n,，;]+/u).map((line) => {
            const [from = '', to = from] = split(line, /\s*[-–~]\s*/u);
            return { from, to };
          }),
          dhcp: values.dhcp,
          leaseTime: Math.round((values.leaseHours ?? Number.NaN) * 3600),
          routes: split(values.routes, /[\n;]+/u).map((line) => {
            const [destination = '', nextHop = ''] = split(line, /\s+(?:via\s+)?/u);
            return { destination, nextHop };
          }),
        }
      : null,
  };
}

/** The field of the form that a path of the contract's input belongs to: `subnet.excluded.0.from` → `excluded`. */
export function networkFieldOf(path: string): string {
  const parts = path.split('.');
  const key = (parts[0] === 'subnet' ? parts[1] : parts[0]) ?? path;
  return key === 'leaseTime' ? 'leaseHours' : key === 'subnet' ? 'cidr' : key;
}
