/**
 * What an administrator does once with a new region, done through the same API: let the hosts join, give it a first
 * image and a first network, so that the first virtual machine is a few clicks away. Repeating it changes nothing.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Host, RegionKey } from '@basalt/contract';
import {
  guestImageEnsure,
  hostName,
  hostWrap,
  supervisorAdd,
  supervisorStatus,
  supervisorStop,
  type Instance,
} from '@basalt/lab';
import type { PlatformApi } from './api.ts';
import { inRun } from './paths.ts';
import { agentEnvironment, agentSpec, regionKey, serviceCommand } from './processes.ts';
import type { Settings } from './settings.ts';

const run = promisify(execFile);
const region = regionKey as RegionKey;

export async function until<T>(what: string, milliseconds: number, look: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + milliseconds;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`${what} has not come about within ${milliseconds / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** Joins hosts that the region does not know yet, and starts every agent. */
export async function hostsJoin(
  instance: Instance,
  settings: Settings,
  api: PlatformApi,
  say: (detail: string) => void,
): Promise<void> {
  const known = new Set((await hostsAll(api)).map((host) => host.name));
  for (let host = 1; host <= settings.hosts; host += 1) {
    const name = hostName(host);
    if (!known.has(name)) {
      say(`${name} joins`);
      // one that was removed while it ran still has its old identity, and an agent that goes by it
      const agent = `${name}.agent`;
      if ((await supervisorStatus(instance)).some((one) => one.name === agent))
        await supervisorStop(instance, { name: agent });
      const given = await api.call.host.createEnrolToken({ region, hostName: name });
      const [file = '', ...args] = [
        ...hostWrap(instance, host),
        ...serviceCommand(
          'agent',
          'main.ts',
          'enrol',
          '--region',
          given.endpoint,
          '--ca-fingerprint',
          given.caFingerprint,
          '--host-name',
          name,
          '--again',
        ),
      ];
      await run(file, args, {
        env: { ...process.env, ...agentEnvironment(instance, host, settings), BASALT_AGENT_TOKEN: given.token },
        timeout: 60_000,
      });
    }
  }
  await supervisorAdd(
    instance,
    Array.from({ length: settings.hosts }, (_, index) => agentSpec(instance, index + 1, settings)),
  );
}

/** Every host the region knows. */
export async function hostsAll(api: PlatformApi): Promise<Host[]> {
  const hosts: Host[] = [];
  for (let page = 1; ; page += 1) {
    const { items, total } = await api.call.host.list({ region, limit: 200, page });
    hosts.push(...items);
    if (items.length === 0 || hosts.length >= total) return hosts;
  }
}

/** Ids of the hosts that a start has put to use once; whoever locks one of them later finds it locked after the next start. */
const inUseFile = (): string => inRun('hosts-in-use.json');

async function hostsUnlock(api: PlatformApi, hosts: readonly Host[], say: (detail: string) => void): Promise<void> {
  const file = inUseFile();
  const inUse = new Set<string>(
    existsSync(file) ? z.array(z.string()).parse(JSON.parse(readFileSync(file, 'utf8'))) : [],
  );
  const rest = hosts.filter((host) => !inUse.has(host.id)).values();
  const lane = async (): Promise<void> => {
    for (const { id, name, state } of rest) {
      if (state === 'locked') {
        say(`unlocking ${name}`);
        await api.call.host.unlock({ region, id });
      }
      inUse.add(id);
    }
  };
  await Promise.all(Array.from({ length: 8 }, lane));
  writeFileSync(file, JSON.stringify([...inUse]));
}

async function enrolRetry(api: PlatformApi, host: Host): Promise<void> {
  const { items } = await api.call.task.list({ region, filter: { targetId: host.id, kind: 'host.enrol' } });
  const failed = items.find(({ state }) => state === 'failed' || state === 'parked');
  if (failed) await api.call.task.retry({ region, id: failed.id });
}

/** How many hosts are being made ready now; none of them is read for that. */
export async function enrolling(api: PlatformApi): Promise<number> {
  const { facets } = await api.call.host.list({ region, limit: 1 });
  return facets['state']?.['enrolling'] ?? 0;
}

/** Milliseconds without a further host after which the rest is not waited for. */
const STANDSTILL_MS = 90_000;
/** Hosts whose pages are cheap enough to be read twice a second. */
const FEW = 100;

/**
 * Waits until the region hears every host's agent — what it remembers of them from before says nothing — and unlocks those
 * that have just joined, as an operator would. A host that does not answer is told of and holds nothing up.
 * @returns names of the hosts that are not heard.
 * @throws Error when none is.
 */
export async function hostsReady(
  settings: Settings,
  api: PlatformApi,
  say: (detail: string) => void,
): Promise<string[]> {
  let best = -1;
  let since = Date.now();
  const retried = new Set<string>();
  for (;;) {
    const waiting = settings.hosts > FEW ? await enrolling(api) : 0;
    const late = (): boolean => Date.now() - since > STANDSTILL_MS;
    // thousands are read when there is a chance that it is for the last time
    if (waiting === 0 || late()) {
      const hosts = await hostsAll(api);
      // its agent had not been started when the region gave up waiting for it: a start before this one was interrupted
      for (const host of hosts)
        if (host.state === 'enrolling' && host.reason !== null && !retried.has(host.id)) {
          retried.add(host.id);
          since = Date.now();
          await enrolRetry(api, host);
        }
      const heard = hosts.filter((host) => host.connected && host.state !== 'enrolling');
      if (heard.length > best) [best, since] = [heard.length, Date.now()];
      say(`${heard.length} of ${settings.hosts} connected`);
      if (heard.length >= settings.hosts || (heard.length > 0 && late())) {
        await hostsUnlock(api, heard, say);
        return hosts.filter((host) => !heard.includes(host)).map((host) => host.name);
      }
      if (late()) throw new Error('no host has connected to the region; the agents\u2019 logs lie under .run/logs');
    } else {
      if (settings.hosts - waiting > best) [best, since] = [settings.hosts - waiting, Date.now()];
      say(`${waiting} of ${settings.hosts} are being made ready`);
    }
    await new Promise((resolve) => setTimeout(resolve, Math.max(500, settings.hosts)));
  }
}

/** The tiny guest as first image, by the product's own upload. */
export async function firstImage(
  instance: Instance,
  settings: Settings,
  api: PlatformApi,
  say: (detail: string) => void,
): Promise<void> {
  const { items } = await api.call.image.list({ region, limit: 200 });
  if (items.some((image) => image.name === 'Tiny Linux' && image.state !== 'error')) return;
  say('building the guest');
  const content = settings.sim ? simulatedImage() : readFileSync(await guestImageEnsure(instance, 'tiny'));
  const image = await api.call.image.createUpload({
    region,
    name: 'Tiny Linux',
    note: 'BusyBox, guest agent; starts in seconds',
    osFamily: 'linux',
    osVersion: 'BusyBox 1.35',
    format: 'qcow2',
    fileSize: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
  });
  await api.upload(region, image.id, content, (share) => say(`uploading ${Math.round(share * 100)} %`));
  await until('the import of the image', 180_000, async () => {
    const now = await api.call.image.get({ region, id: image.id });
    if (now.state === 'error') throw new Error(`the image was refused: ${now.reason ?? ''}`);
    say(now.state);
    return now.state === 'available' ? true : undefined;
  });
}

/** The head of an empty 64 MiB qcow2 file (version 3): all that a simulated storage looks at. */
function simulatedImage(): Buffer {
  const head = Buffer.alloc(65_536 * 4);
  head.write('QFI\u00FB', 0, 'latin1');
  head.writeUInt32BE(3, 4);
  head.writeUInt32BE(16, 20);
  head.writeBigUInt64BE(64n * 1024n * 1024n, 24);
  head.writeUInt32BE(1, 36);
  head.writeBigUInt64BE(65_536n * 3n, 40);
  head.writeBigUInt64BE(65_536n, 48);
  head.writeUInt32BE(1, 56);
  head.writeUInt32BE(4, 96);
  head.writeUInt32BE(104, 100);
  return head;
}

export async function firstNetwork(api: PlatformApi): Promise<void> {
  const { total } = await api.call.network.list({ region });
  if (total > 0) return;
  const network = await api.call.network.create({
    region,
    name: 'lab-100',
    note: '',
    uplink: 'physnet1',
    vlan: 100,
    subnet: { cidr: '10.32.4.0/24', gateway: '10.32.4.1', dns: ['114.114.114.114'], dhcp: true },
  });
  await until('the network', 60_000, async () => {
    const now = await api.call.network.get({ region, id: network.id });
    if (now.state === 'error') throw new Error(`the network could not be made: ${now.reason ?? ''}`);
    return now.state === 'available' ? true : undefined;
  });
}
