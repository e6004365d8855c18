/** Hosts of the simulator, joined with real tokens over the region's real door; only what lies behind the agent's contract is made up. */
import { mkdirSync, writeFileSync } from 'node:fs';
import type { RegionKey } from '@basalt/contract';
import { instancePort, order, supervisorAdd, type Instance } from '@basalt/lab';
import type { PlatformApi } from './api.ts';
import { hostsAll } from './provision.ts';
import { inRun } from './paths.ts';
import { regionKey, serviceCommand } from './processes.ts';
import type { Settings } from './settings.ts';

const region = regionKey as RegionKey;

/** Name of the n-th simulated host (from 1). */
export const simulatedHostName = (n: number): string => `sim-${String(n).padStart(4, '0')}`;

export async function simulatedHostsStart(
  instance: Instance,
  settings: Settings,
  api: PlatformApi,
  say: (detail: string) => void,
): Promise<void> {
  const directory = inRun('simulator');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const known = new Set((await hostsAll(api)).map((host) => host.name));
  const tokens: { hostName: string; token: string; endpoint: string; caFingerprint: string }[] = [];
  const wanted = Array.from({ length: settings.hosts }, (_, index) => simulatedHostName(index + 1))
    .filter((hostName) => !known.has(hostName))
    .values();
  const lane = async (): Promise<void> => {
    for (const hostName of wanted) {
      say(`token for ${hostName}`);
      const { token, endpoint, caFingerprint } = await api.call.host.createEnrolToken({ region, hostName });
      tokens.push({ hostName, token, endpoint, caFingerprint });
    }
  };
  await Promise.all(Array.from({ length: 8 }, lane));
  const file = `${directory}/tokens.json`;
  writeFileSync(file, JSON.stringify(tokens), { mode: 0o600 });
  await supervisorAdd(instance, [
    {
      name: 'simulator',
      group: 'product',
      order: order.agent,
      argv: serviceCommand(
        'agent',
        'sim/main.ts',
        '--tokens',
        file,
        '--state',
        directory,
        '--port',
        String(instancePort(instance, 'agentSim')),
      ),
      env: { NODE_ENV: 'production' },
      ready: { kind: 'tcp', host: '127.0.0.1', port: instancePort(instance, 'agentSim') },
      readyTimeoutMs: 120_000,
    },
  ]);
}
