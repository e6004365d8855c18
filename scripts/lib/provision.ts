/**
 * What an administrator does once with a new region, done through the same API: let the hosts join, give it a first
 * image and a first network, so that the first virtual machine is a few clicks away. Repeating it changes nothing.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import type { RegionKey } from '@basalt/contract';
import { guestImageEnsure, hostName, hostWrap, supervisorAdd, type Instance } from '@basalt/lab';
import type { PlatformApi } from './api.ts';
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
  const known = new Set((await api.call.host.list({ region, limit: 200 })).items.map((host) => host.name));
  for (let host = 1; host <= settings.hosts; host += 1) {
    const name = hostName(host);
    if (!known.has(name)) {
      say(`${name} joins`);
      const given = await api.call.host.createEnrolToken({ region, hostName: name });
      const [file = '', ...args] = [
        ...hostWrap(instance, host),
        ...serviceCommand(
          'agent',
          'main.ts',
          'enrol',
          '--region',
          given.endpoint,
          '--token',
          given.token,
          '--ca-fingerprint',
          given.caFingerprint,
          '--host-name',
          name,
        ),
      ];
      await run(file, args, {
        env: { ...process.env, ...agentEnvironment(instance, host, settings) },
        timeout: 60_000,
      });
    }
  }
  await supervisorAdd(
    instance,
    Array.from({ length: settings.hosts }, (_, index) => agentSpec(instance, index + 1, settings)),
  );
}

export async function hostsAvailable(
  settings: Settings,
  api: PlatformApi,
  say: (detail: string) => void,
): Promise<void> {
  await until('the joining of all hosts', 120_000, async () => {
    const { items } = await api.call.host.list({ region, limit: 200 });
    const there = items.filter((host) => host.state === 'available' || host.state === 'locked').length;
    say(`${there} of ${settings.hosts}`);
    return there >= Math.min(settings.hosts, 200) ? true : undefined;
  });
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
