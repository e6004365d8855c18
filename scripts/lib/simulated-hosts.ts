/** Hosts of the simulator, joined with real tokens over the region's real door; only what lies behind the agent's contract is made up. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { RegionKey } from '@basalt/contract';
import { instancePort, order, supervisorAdd, type Instance } from '@basalt/lab';
import type { PlatformApi } from './api.ts';
import { enrolling, hostsAll } from './provision.ts';
import { inRun } from './paths.ts';
import { heapFor, regionKey, serviceCommand } from './processes.ts';
import type { Settings } from './settings.ts';

const region = regionKey as RegionKey;

/** Name of the n-th simulated host (from 1). */
export const simulatedHostName = (n: number): string => `sim-${String(n).padStart(4, '0')}`;

/** Tokens live a quarter of an hour: they are made when those before are nearly used up. */
const LOT = 100;
/** Hosts whose enrolment task has not ended; more of them at once would only wait longer. */
const ENROLLING = 400;
/** Tokens that a host is given before it is left alone. */
const TRIES = 3;
const LOOK_MS = 500;
/** Milliseconds until the simulator has certainly seen a new token: before, what it says of a host is about the one before. */
const SEEN_MS = 3_000;
/** Milliseconds in which no host joins after which this gives up. */
const STANDSTILL_MS = 120_000;

/** What the simulator says of itself. */
const status = z.object({
  joined: z.array(z.string()),
  pending: z.array(z.string()),
  refused: z.record(z.string(), z.string()),
});

const simulatorSpec = (instance: Instance, settings: Settings, directory: string, tokens: string) => ({
  name: 'simulator',
  group: 'product',
  order: order.agent,
  argv: heapFor(
    settings,
    serviceCommand(
      'agent',
      'sim/main.ts',
      '--tokens',
      tokens,
      '--state',
      directory,
      '--port',
      String(instancePort(instance, 'agentSim')),
      '--control-port',
      String(instancePort(instance, 'agentSimControl')),
    ),
  ),
  env: { NODE_ENV: 'production' },
  // it has no certificate to listen with before a first host has joined
  ready: { kind: 'log' as const, text: 'simulator is ready' },
  readyTimeoutMs: 120_000,
});

const simulatorFiles = () => {
  const directory = inRun('simulator');
  return { directory, tokens: join(directory, 'tokens.json'), status: join(directory, 'status.json') };
};

/** Starts the simulator with the hosts it has; before the region, which gives up a host that is silent for ten seconds. */
export async function simulatorStart(instance: Instance, settings: Settings): Promise<void> {
  const { directory, tokens } = simulatorFiles();
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  await supervisorAdd(instance, [simulatorSpec(instance, settings, directory, tokens)]);
}

/**
 * Lets those hosts of the simulator join that the region does not know yet, lot by lot.
 * @throws Error when none has joined for two minutes, with what the simulator says of one.
 */
export async function simulatedHostsStart(
  instance: Instance,
  settings: Settings,
  api: PlatformApi,
  say: (detail: string) => void,
): Promise<void> {
  const files = simulatorFiles();
  const simulator = () =>
    existsSync(files.status)
      ? status.parse(JSON.parse(readFileSync(files.status, 'utf8')))
      : { joined: [], pending: [], refused: {} };

  const known = new Set((await hostsAll(api)).map((host) => host.name));
  const wanted = Array.from({ length: settings.hosts }, (_, index) => simulatedHostName(index + 1)).filter(
    (hostName) => !known.has(hostName),
  );
  const tries = new Map<string, { count: number; at: number }>();
  let given: { hostName: string; token: string; endpoint: string; caFingerprint: string }[] = [];
  let best = -1;
  let since = Date.now();
  for (;;) {
    const { joined, refused } = simulator();
    const done = new Set(joined);
    const missing = wanted.filter((hostName) => !done.has(hostName));
    if (joined.length > best) [best, since] = [joined.length, Date.now()];
    if (missing.length === 0) return;
    say(`${settings.hosts - missing.length} of ${settings.hosts} joined`);
    // those that were refused are given another
    const refusedAgain = (name: string) => name in refused && Date.now() - (tries.get(name)?.at ?? 0) > SEEN_MS;
    given = given.filter(({ hostName }) => !done.has(hostName) && !refusedAgain(hostName));
    const open = new Set(given.map(({ hostName }) => hostName));
    const next = missing.filter((name) => !open.has(name) && (tries.get(name)?.count ?? 0) < TRIES).slice(0, LOT);
    if (Date.now() - since > STANDSTILL_MS || (open.size === 0 && next.length === 0))
      throw new Error(
        `${missing.length} simulated hosts have not joined: ${Object.values(refused)[0] ?? 'the simulator\u2019s log under .run/logs says why'}`,
      );
    if (next.length > 0 && open.size < LOT / 2 && (await enrolling(api)) < ENROLLING) {
      given.push(...(await tokensMake(api, next)));
      for (const hostName of next)
        tries.set(hostName, { count: (tries.get(hostName)?.count ?? 0) + 1, at: Date.now() });
      writeFileSync(`${files.tokens}.next`, JSON.stringify(given), { mode: 0o600 });
      renameSync(`${files.tokens}.next`, files.tokens);
    }
    await sleep(LOOK_MS);
  }
}

async function tokensMake(api: PlatformApi, names: readonly string[]) {
  const made: { hostName: string; token: string; endpoint: string; caFingerprint: string }[] = [];
  const rest = names.values();
  const lane = async (): Promise<void> => {
    for (const hostName of rest) {
      const { token, endpoint, caFingerprint } = await api.call.host.createEnrolToken({ region, hostName });
      made.push({ hostName, token, endpoint, caFingerprint });
    }
  };
  await Promise.all(Array.from({ length: 8 }, lane));
  return made;
}
