/** The network controller in memory, for tests: the same checks as OVN's driver, no network. */
import { BasaltError } from '@basalt/contract';
import { checkAddress, checkCidr, checkMac, cidrContains } from '@basalt/ovsdb';
import type { NetworkDriver, NetworkSpec, PortSpec, PortState } from './network-driver.ts';
import { networkFailure } from './network-error.ts';

export interface SimNetwork extends NetworkDriver {
  readonly networks: ReadonlyMap<string, NetworkSpec>;
  readonly ports: ReadonlyMap<string, PortSpec>;
}

/** What OVN's driver would refuse. @throws Error, BasaltError. */
export function simPortCheck(network: Pick<NetworkSpec, 'subnet'> | undefined, spec: PortSpec): void {
  if (!network) throw new BasaltError('networkFailed', { reason: `network ${spec.networkId} does not exist` });
  checkMac(spec.mac);
  if (spec.address === null) return;
  checkAddress(spec.address, 'address', 4);
  if (network.subnet && !cidrContains(network.subnet.cidr, spec.address))
    throw new BasaltError('networkFailed', { reason: `${spec.address} is not in ${network.subnet.cidr}` });
}

export function simNetworkCheck({ subnet }: NetworkSpec): void {
  if (subnet) checkCidr(subnet.cidr, 'cidr', 4);
}

export function simNetworkDriver(): SimNetwork {
  const networks = new Map<string, NetworkSpec>();
  const ports = new Map<string, PortSpec>();
  const answer = <T>(work: () => T): Promise<T> => {
    try {
      return Promise.resolve(work());
    } catch (error) {
      return Promise.reject(networkFailure(error));
    }
  };
  const stateOf = (id: string): PortState => (ports.has(id) ? 'up' : 'missing');
  return {
    networks,
    ports,
    networkEnsure: (spec) =>
      answer(() => {
        simNetworkCheck(spec);
        networks.set(spec.id, spec);
      }),
    networkRemove: (id) =>
      answer(() => {
        for (const port of ports.values()) if (port.networkId === id) ports.delete(port.id);
        return networks.delete(id);
      }),
    portEnsure: (spec) =>
      answer(() => {
        simPortCheck(networks.get(spec.networkId), spec);
        ports.set(spec.id, spec);
      }),
    portRemove: (id) => answer(() => ports.delete(id)),
    chassisRemove: () => Promise.resolve(false),
    portState: (id) => answer(() => stateOf(id)),
    owned: () =>
      answer(() => ({
        networks: [...networks.keys()],
        ports: new Map([...ports.keys()].map((id) => [id, stateOf(id)])),
      })),
    healthy: () => Promise.resolve(true),
    close: () => Promise.resolve(),
  };
}
