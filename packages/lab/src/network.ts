/**
 * The lab's networks: three Linux bridges in the root namespace stand for the switches, a veth pair per host and
 * network for its cables. The provider bridge has no address; VLANs pass through it as they are.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { commandRun, commandTry } from './exec.ts';
import {
  type Instance,
  hostInterface,
  instanceAddress,
  instanceBridge,
  instanceCable,
  instanceNamespace,
  networkNames,
} from './instance.ts';

/** The provider network also carries Geneve (58 bytes a packet), so that guests may keep an MTU of 1500. */
export const networkMtu = { management: 1500, storage: 1500, provider: 1600 } as const;

const ip = (...args: string[]) => commandRun(['ip', ...args]);

async function linkExists(name: string): Promise<boolean> {
  return existsSync(`/sys/class/net/${name}`);
}

/** No address configuration of its own on links that only pass frames. */
function ipv6Disable(link: string): void {
  const file = `/proc/sys/net/ipv6/conf/${link}/disable_ipv6`;
  if (existsSync(file)) writeFileSync(file, '1');
}

/** Makes bridges with the root namespace's addresses; idempotent. */
export async function networkEnsure(instance: Instance): Promise<void> {
  for (const network of networkNames) {
    const bridge = instanceBridge(instance, network);
    if (!(await linkExists(bridge)))
      await ip('link', 'add', bridge, 'type', 'bridge', 'stp_state', '0', 'forward_delay', '0', 'mcast_snooping', '0');
    ipv6Disable(bridge);
    await ip('link', 'set', bridge, 'mtu', String(networkMtu[network]), 'up');
    if (network !== 'provider') await ip('addr', 'replace', `${instanceAddress(instance, network)}/24`, 'dev', bridge);
  }
}

/** Plugs a host's three cables in; idempotent. The provider interface gets no address: it goes into the host's br-ex. */
export async function hostNetworkEnsure(instance: Instance, host: number): Promise<void> {
  const namespace = instanceNamespace(instance, host);
  const inHost = (...args: string[]) => commandRun(['ip', '-n', namespace, ...args]);
  await inHost('link', 'set', 'lo', 'up');
  for (const network of networkNames) {
    const cable = instanceCable(instance, host, network);
    const inside = hostInterface[network];
    const mtu = String(networkMtu[network]);
    if (!(await linkExists(cable)))
      await ip(
        'link',
        'add',
        cable,
        'mtu',
        mtu,
        'type',
        'veth',
        'peer',
        'name',
        inside,
        'mtu',
        mtu,
        'netns',
        namespace,
      );
    ipv6Disable(cable);
    await ip('link', 'set', cable, 'master', instanceBridge(instance, network), 'up');
    if (network !== 'provider')
      await inHost('addr', 'replace', `${instanceAddress(instance, network, host)}/24`, 'dev', inside);
    await inHost('link', 'set', inside, 'up');
  }
}

/** Links of an instance that exist in the root namespace. */
export async function networkLinks(instance: Instance): Promise<string[]> {
  const { stdout: text } = await commandTry(['ip', '-o', 'link', 'show']).catch(() => ({ stdout: '' }));
  return text
    .split('\n')
    .map((line) => /^\d+: ([^:@]+)/.exec(line)?.[1] ?? '')
    .filter((name) => name.startsWith(`bas-${instance.id}-`));
}

/** Network namespaces of an instance. */
export async function networkNamespaces(instance: Instance): Promise<string[]> {
  const { stdout: text } = await commandTry(['ip', 'netns', 'list']).catch(() => ({ stdout: '' }));
  return text
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '')
    .filter((name) => name.startsWith(`basalt-${instance.id}-`));
}

/** Takes all links of the instance away; idempotent. */
export async function networkRemove(instance: Instance): Promise<void> {
  // The other end of a cable goes with it, so some links are gone when their turn comes.
  for (const link of await networkLinks(instance)) await commandTry(['ip', 'link', 'del', link]);
}
