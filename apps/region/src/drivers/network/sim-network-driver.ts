/** The network controller in memory, for simulated regions and tests: the same checks as OVN's driver, no network. */
import { BasaltError } from '@basalt/contract';
import { checkAddress, checkCidr, checkMac, cidrContains } from '@basalt/ovsdb';
import type { NetworkDriver, NetworkSpec, PortSpec, PortState } from './network-driver.ts';
import { networkFailure } from './network-error.ts';

export interface SimNetwork extends NetworkDriver {
  readonly networks: ReadonlyMap<string, NetworkSpec>;
  readonly ports: ReadonlyMap<string, PortSpec>;
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
        if (spec.subnet) checkCidr(spec.subnet.cidr, 'cidr', 4);
        networks.set(spec.id, spec);
      }),
    networkRemove: (id) =>
      answer(() => {
        for (const port of ports.values()) if (port.networkId === id) ports.delete(port.id);
        return networks.delete(id);
      }),
    portEnsure: (spec) =>
      answer(() => {
        const network = networks.get(spec.networkId);
        if (!network) throw new BasaltError('networkFailed', { reason: `network ${spec.networkId} does not exist` });
        checkMac(spec.mac);
        if (spec.address !== null) {
          checkAddress(spec.address, 'address', 4);
          if (network.subnet && !cidrContains(network.subnet.cidr, spec.address))
            throw new BasaltError('networkFailed', { reason: `${spec.address} is not in ${network.subnet.cidr}` });
        }
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
