/**
 * DHCP options. OVN takes any text here: an unquoted string makes the DHCP flow of the port vanish, a router outside
 * the subnet is handed to the guest as it is. So every option is typed, checked and quoted here.
 */
import { InvalidValueError } from '../errors.ts';
import { checkAddress, checkCidr, checkDomain, checkInteger, checkMac, cidrContains, type Family } from '../values.ts';
import { type Ensured, marked, marks, type Northbound, rootRowEnsure, transact } from './context.ts';

export interface DhcpV4Spec {
  readonly id: string;
  readonly cidr: string;
  /** Address the answers come from; inside the subnet, usually the gateway or an address set aside. */
  readonly serverAddress: string;
  readonly serverMac: string;
  readonly leaseSeconds: number;
  readonly router?: string;
  readonly dns?: readonly string[];
  readonly ntp?: readonly string[];
  readonly mtu?: number;
  readonly domain?: string;
  readonly searchDomains?: readonly string[];
  /**
   * Option 121. Clients that take it ignore `router`, so when routes are given the default route by `router` is added
   * to them.
   */
  readonly routes?: readonly { readonly destination: string; readonly nextHop: string }[];
  readonly externalIds?: Readonly<Record<string, string>>;
}

export interface DhcpV6Spec {
  readonly id: string;
  readonly cidr: string;
  /** OVN makes the server's DUID of it. */
  readonly serverMac: string;
  readonly dns?: readonly string[];
  readonly searchDomains?: readonly string[];
  /** Only SLAAC clients asking for information: no address is given. */
  readonly stateless?: boolean;
  readonly externalIds?: Readonly<Record<string, string>>;
}

const braces = (values: readonly string[]): string => (values.length === 1 ? values[0]! : `{${values.join(', ')}}`);
const quoted = (text: string): string => `"${text}"`;

function addresses(values: readonly string[] | undefined, field: string, family: Family): string | undefined {
  if (values === undefined || values.length === 0) return undefined;
  return braces(values.map((value, index) => checkAddress(value, `${field}[${index}]`, family)));
}

function domains(values: readonly string[] | undefined): string | undefined {
  if (values === undefined || values.length === 0) return undefined;
  return quoted(values.map((value, index) => checkDomain(value, `searchDomains[${index}]`)).join(','));
}

function inside(cidr: string, address: string, field: string): string {
  if (!cidrContains(cidr, address)) throw new InvalidValueError(field, `is not within ${cidr}`, address);
  return address;
}

const present = (options: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(options).filter((entry): entry is [string, string] => entry[1] !== undefined));

/** The options column of a DHCPv4 row. */
export function dhcpV4Options(spec: DhcpV4Spec): Record<string, string> {
  const cidr = checkCidr(spec.cidr, 'cidr', 4);
  const router = spec.router === undefined ? undefined : inside(cidr, checkAddress(spec.router, 'router', 4), 'router');
  const routes = (spec.routes ?? []).map(({ destination, nextHop }, index) => {
    const target = checkCidr(destination, `routes[${index}].destination`, 4);
    const hop = checkAddress(nextHop, `routes[${index}].nextHop`, 4);
    return `${target},${hop}`;
  });
  if (routes.length > 0 && router !== undefined && !routes.some((route) => route.startsWith('0.0.0.0/0,'))) {
    routes.push(`0.0.0.0/0,${router}`);
  }
  return present({
    server_id: inside(cidr, checkAddress(spec.serverAddress, 'serverAddress', 4), 'serverAddress'),
    server_mac: checkMac(spec.serverMac, 'serverMac'),
    lease_time: String(checkInteger(spec.leaseSeconds, 60, 0xffff_fffe, 'leaseSeconds')),
    router,
    dns_server: addresses(spec.dns, 'dns', 4),
    ntp_server: addresses(spec.ntp, 'ntp', 4),
    mtu: spec.mtu === undefined ? undefined : String(checkInteger(spec.mtu, 576, 9216, 'mtu')),
    domain_name: spec.domain === undefined ? undefined : quoted(checkDomain(spec.domain)),
    domain_search_list: domains(spec.searchDomains),
    classless_static_route: routes.length === 0 ? undefined : `{${routes.join(', ')}}`,
  });
}

/** The options column of a DHCPv6 row. */
export function dhcpV6Options(spec: DhcpV6Spec): Record<string, string> {
  return present({
    server_id: checkMac(spec.serverMac, 'serverMac'),
    dns_server: addresses(spec.dns, 'dns', 6),
    domain_search: domains(spec.searchDomains),
    dhcpv6_stateless: spec.stateless === true ? 'true' : undefined,
  });
}

/** Makes a DHCPv4 options row be as given; ports name it by `dhcpV4Id`. */
export async function dhcpV4Ensure(nb: Northbound, spec: DhcpV4Spec): Promise<Ensured> {
  return rootRowEnsure(nb, 'DHCP_Options', spec.id, {
    cidr: checkCidr(spec.cidr, 'cidr', 4),
    options: dhcpV4Options(spec),
    external_ids: marks(nb, spec.id, spec.externalIds),
  });
}

/** Makes a DHCPv6 options row be as given; ports name it by `dhcpV6Id`. */
export async function dhcpV6Ensure(nb: Northbound, spec: DhcpV6Spec): Promise<Ensured> {
  return rootRowEnsure(nb, 'DHCP_Options', spec.id, {
    cidr: checkCidr(spec.cidr, 'cidr', 6),
    options: dhcpV6Options(spec),
    external_ids: marks(nb, spec.id, spec.externalIds),
  });
}

/** Removes DHCP options of either family; ports that used them just answer no more. True when there were any. */
export async function dhcpDelete(nb: Northbound, id: string): Promise<boolean> {
  const [result] = await transact(nb, [nb.client.ops.delete('DHCP_Options', [marked(nb, id)])]);
  return (result?.count ?? 0) > 0;
}
