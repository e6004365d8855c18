/** VMs for the simulated hosts: networks and image through the platform's own API, the rest by the region's command. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { NetworkId, RegionKey } from '@basalt/contract';
import { instancePort, type Instance } from '@basalt/lab';
import type { PlatformApi } from './api.ts';
import { regionEnvironment, regionKey, serviceCommand } from './processes.ts';
import { until } from './provision.ts';
import type { Settings } from './settings.ts';

const region = regionKey as RegionKey;
/** A machine that makes fewer than some sixty a second is ill. */
const perVm = 15;
const AT_LEAST_MS = 60_000;

/** One of each environment, each with room for 131 000 VMs. */
const wires = [
  { name: 'prod', vlan: 201, cidr: '10.64.0.0/15', gateway: '10.64.0.1' },
  { name: 'test', vlan: 202, cidr: '10.66.0.0/15', gateway: '10.66.0.1' },
  { name: 'stage', vlan: 203, cidr: '10.68.0.0/15', gateway: '10.68.0.1' },
  { name: 'dev', vlan: 204, cidr: '10.70.0.0/15', gateway: '10.70.0.1' },
];

async function networksEnsure(api: PlatformApi): Promise<NetworkId[]> {
  const { items } = await api.call.network.list({ region, limit: 200 });
  const ids: NetworkId[] = [];
  for (const { name, vlan, cidr, gateway } of wires) {
    const known = items.find((network) => network.name === name);
    const subnet = { cidr, gateway, dns: ['114.114.114.114'], dhcp: true };
    const made = known ?? (await api.call.network.create({ region, name, note: '', uplink: 'physnet1', vlan, subnet }));
    ids.push(made.id);
  }
  for (const id of ids)
    await until('a network of the fleet', 60_000, async () => {
      const now = await api.call.network.get({ region, id });
      if (now.state === 'error') throw new Error(`the network ${now.name} could not be made: ${now.reason ?? ''}`);
      return now.state === 'available' ? true : undefined;
    });
  return ids;
}

/** Makes what is missing of the fleet; it belongs to the account. */
export async function simulatedFleet(
  instance: Instance,
  settings: Settings,
  account: string,
  api: PlatformApi,
  say: (detail: string) => void,
): Promise<void> {
  const networks = await networksEnsure(api);
  const image = (await api.call.image.list({ region, limit: 200 })).items.find(({ state }) => state === 'available');
  const owner = (await api.call.account.list({ search: account, limit: 50 })).items.find(
    ({ email }) => email === account,
  );
  if (!image || !owner) throw new Error('a fleet needs an available image and the first account');
  const [file = '', ...args] = serviceCommand(
    'region',
    'cli.ts',
    'fleet',
    '--vms',
    String(settings.vms),
    '--image',
    image.id,
    ...networks.flatMap((id) => ['--network', id]),
    '--owner',
    owner.id,
    '--owner-name',
    owner.name,
    '--simulator',
    `http://127.0.0.1:${instancePort(instance, 'agentSimControl')}/`,
  );
  const child = spawn(file, args, {
    env: { ...process.env, ...regionEnvironment(instance, settings) },
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: AT_LEAST_MS + settings.vms * perVm,
  });
  createInterface({ input: child.stdout }).on('line', say);
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (code !== 0) throw new Error(`the fleet was not made: its command ended with ${String(code)}`);
}
