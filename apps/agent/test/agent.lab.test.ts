/** The real thing: libvirt, QEMU, Ceph and Open vSwitch of two hosts of the lab, a tiny guest from a clone. */
import { existsSync, readFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { Agent } from 'node:https';
import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CephClient } from '@basalt/ceph';
import {
  cephFiles,
  commandRun,
  faultProcessKill,
  guestImageEnsure,
  hostCommand,
  instanceAddress,
  instanceOpen,
  type Instance,
  labDown,
  labStatus,
  labUp,
} from '@basalt/lab';
import type { AgentEvent } from '@basalt/contract/agent/index';
import { mtlsClientOptions } from '@basalt/service/tls';
import { WebSocket } from 'ws';
import { labAgentStart, type LabAgent } from './lab-agent.ts';
import { poll } from './poll.ts';
import { RegionFake } from './region-fake.ts';
import { diskOf, domainOf, head, newVm, ofVm } from './specs.ts';

const MIB = 2 ** 20;
const vm = newVm();
const disk = diskOf(vm, { at: { pool: 'ssd', image: `agent-test-${vm}` } });
const image = { pool: 'ssd', image: `agent-test-image-${vm}` };
const secretId = randomUUID();
let instance: Instance;
let broughtUp = false;
let region: RegionFake;
let ceph: CephClient;
let one: LabAgent;
let two: LabAgent;

const refusal = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'done',
    (error: { code?: string }) => error.code,
  );
const virsh = (...args: string[]): Promise<string> => commandRun(hostCommand(instance, 1, ['virsh', ...args]));
const state = async (): Promise<string | undefined> => (await one.client.domain.get({ vmId: vm })).domain?.state;

beforeAll(async () => {
  instance = await instanceOpen(dirname(dirname(dirname(import.meta.dirname))));
  if ((await labStatus(instance)).state !== 'up') {
    await labUp(instance, { chassis: false });
    broughtUp = true;
  }
  const files = cephFiles(instance);
  ceph = new CephClient({ conf: files.conf, user: 'basalt', keyring: files.basaltKeyring });
  await ceph.rbd.importFile(image, await guestImageEnsure(instance, 'tiny'), 'qcow2');
  await ceph.rbd.snapCreate({ ...image, snap: 'base' });
  region = await RegionFake.open({ address: instanceAddress(instance, 'management') });
  one = await labAgentStart(instance, 1, region);
  two = await labAgentStart(instance, 2, region);
  const storage = {
    fsid: /fsid = (\S+)/u.exec(readFileSync(files.conf, 'utf8'))?.[1] ?? '',
    monHosts: [1, 2, 3].map((host) => instanceAddress(instance, 'storage', host)),
    user: 'basalt',
    key: /key = (\S+)/u.exec(readFileSync(files.basaltKeyring, 'utf8'))?.[1] ?? '',
    secretId,
  };
  for (const agent of [one, two])
    expect(await agent.client.host.ensureStorageAccess({ ...head(), storage })).toEqual({ changed: true });
});

afterAll(async () => {
  for (const agent of [one, two]) {
    if (!agent) continue;
    await agent.client.domain.ensureAbsent(ofVm(vm, 99)).catch(() => {});
    await agent.close();
  }
  for (const host of [1, 2])
    await commandRun(hostCommand(instance, host, ['virsh', 'secret-undefine', secretId])).catch(() => {});
  await ceph?.rbd.imageRemove(disk.at).catch(() => {});
  await ceph?.rbd.snapRemove({ ...image, snap: 'base' }).catch(() => {});
  await ceph?.rbd.imageRemove(image).catch(() => {});
  await ceph?.close();
  await region?.close();
  if (broughtUp) await labDown(instance);
});

test('[HOST-01] a real host tells its facts', async () => {
  const facts = await one.client.host.facts({});
  expect(facts).toMatchObject({ hostName: 'host1', inventory: { virtualisation: 'tcg', libvirt: '9.0.0' } });
  expect(facts.inventory.nics.map(({ name }) => name)).toContain('mgmt0');
  expect(facts.checks.find(({ key }) => key === 'storage')?.verdict).toBe('passed');
});

test('[VM-26] a guest from a clone: defined, started, known by its agent, shut down, cut off, gone', async () => {
  const { client } = one;
  const cloned = { ...disk, size: 128 * MIB, parent: { ...image, snapshot: 'base' } };
  expect(await client.disk.ensure({ ...ofVm(vm), disk: cloned })).toEqual({ changed: true, size: 128 * MIB });
  expect(await client.disk.ensure({ ...ofVm(vm), disk: cloned })).toMatchObject({ changed: false });
  expect(await refusal(client.disk.ensure({ ...ofVm(vm), disk: { ...cloned, size: 64 * MIB } }))).toBe('agentRefused');
  const seed = { instanceId: vm, hostName: 'lab-guest', userData: '#cloud-config\n', networkConfig: 'version: 2\n' };
  const domain = domainOf(vm, {
    disks: [{ diskId: disk.diskId, device: 'vda', at: disk.at, bootOrder: 1 }],
    nics: [],
    cephSecretId: secretId,
    cephMonHosts: [1, 2, 3].map((host) => instanceAddress(instance, 'storage', host)),
    cloudInit: seed,
  });
  expect(await client.domain.ensureDefined({ ...ofVm(vm), domain })).toMatchObject({
    changed: true,
    domain: { state: 'shutoff', epoch: 1 },
  });
  expect(await client.domain.ensureDefined({ ...ofVm(vm), domain })).toMatchObject({ changed: false });
  const { sequence } = await client.host.facts({});
  expect(await client.domain.ensureRunning(ofVm(vm))).toMatchObject({
    changed: true,
    domain: { state: 'running', reason: 'booted' },
  });
  expect(await client.domain.ensureRunning(ofVm(vm))).toMatchObject({ changed: false });
  const guest = await one.eventsUntil(
    sequence,
    120_000,
    (e) => e.type === 'guest' && e.vmId === vm && e.guest.hostName === 'lab-guest',
  );
  expect(guest).toMatchObject({ guest: { agent: 'running' } });

  await two.client.domain.ensureDefined({ ...ofVm(vm), domain });
  expect(await refusal(two.client.domain.ensureRunning(ofVm(vm)))).toBe('imageHasWatchers');
  expect(await refusal(two.client.disk.ensureAbsent({ ...ofVm(vm), at: disk.at }))).toBe('imageHasWatchers');

  await client.domain.requestShutdown(ofVm(vm));
  await poll('the guest has shut down', 60_000, async () => (await state()) === 'shutoff');
  await client.domain.ensureRunning(ofVm(vm, 2));
  expect(await refusal(client.domain.ensureOff(ofVm(vm, 1)))).toBe('staleEpoch');
  expect(await client.domain.ensureOff(ofVm(vm, 2))).toMatchObject({
    changed: true,
    domain: { state: 'shutoff', reason: 'destroyed' },
  });
});

test('[VM-25] a guest powered off from inside is told within two seconds', async () => {
  const { client } = one;
  const { sequence } = await client.host.facts({});
  await client.domain.ensureRunning(ofVm(vm, 2));
  await one.eventsUntil(sequence, 120_000, (e) => e.type === 'guest' && e.guest.agent === 'running');
  const told = one
    .eventsUntil(sequence, 60_000, (e) => e.type === 'domain' && e.domain.state === 'shutoff')
    .then((event) => ({ event, at: Date.now() }));
  await virsh(
    'qemu-agent-command',
    `vm-${vm}`,
    JSON.stringify({ execute: 'guest-shutdown', arguments: { mode: 'powerdown' } }),
  ).catch(() => '');
  const off = await poll('libvirt says so', 60_000, async () =>
    /shut off/u.test(await virsh('domstate', `vm-${vm}`)) ? Date.now() : null,
  );
  const { event, at } = await told;
  expect(event).toMatchObject({ domain: { vmId: vm, reason: 'shutdown' } });
  expect(at - off).toBeLessThan(2000);
});

test('[VM-15] the console is reached through the door, by the region only', async () => {
  await one.client.domain.ensureRunning(ofVm(vm, 2));
  const tls = mtlsClientOptions({
    own: region.own,
    ca: region.ca.certificate,
    expected: `basalt://region/r1/host/${one.hostId}`,
  });
  const socket = new WebSocket(`${one.base.replace('https', 'wss')}/v1/console/${vm}/vnc`, [], {
    agent: new Agent(tls),
  });
  try {
    const greeting = await new Promise<string>((done, fail) => {
      socket.once('message', (data: Buffer) => done(data.toString('latin1')));
      socket.once('error', fail);
    });
    expect(greeting).toBe('RFB 003.008\n');
  } finally {
    socket.terminate();
  }
  const { png } = await one.client.domain.screenshot({ vmId: vm });
  expect(
    Buffer.from(png ?? '', 'base64')
      .subarray(1, 4)
      .toString(),
  ).toBe('PNG');
});

test('[HOST-01][VM-25] libvirtd dies and comes back: the guest lives on, is told of once, and the next start still opens its disk', async () => {
  const { client } = one;
  const before = (await client.domain.get({ vmId: vm })).domain;
  expect(before?.state).toBe('running');
  const { sequence } = await client.host.facts({});
  const told: AgentEvent[] = [];
  const listen = (until: (event: AgentEvent) => boolean): Promise<AgentEvent> =>
    one.eventsUntil(told.at(-1)?.sequence ?? sequence, 60_000, (event) => {
      told.push(event);
      return until(event);
    });
  await faultProcessKill(instance, 'host1.libvirtd');
  await listen((event) => event.type === 'libvirt' && !event.connected);
  await listen((event) => event.type === 'libvirt' && event.connected);

  const after = await poll('the host tells of the guest', 30_000, () =>
    client.domain.get({ vmId: vm }).then(
      ({ domain }) => domain,
      () => null,
    ),
  );
  expect(after).toEqual(before);
  // private, so libvirt gives its value to nobody: that the disk opens again is the proof that it was set anew
  expect(await virsh('secret-list')).toContain(secretId);
  await client.domain.ensureOff(ofVm(vm, 2));
  await client.domain.ensureRunning(ofVm(vm, 2));
  await listen((event) => event.type === 'domain' && event.domain.state === 'running');
  await listen((event) => event.type === 'guest' && event.guest.agent === 'running');

  const states = told.flatMap((event) => (event.type === 'domain' ? [event.domain.state] : []));
  expect(states.filter((now, n) => now !== states[n - 1])).toEqual(['shutoff', 'running']);
  expect(told.flatMap((event) => (event.type === 'libvirt' ? [event.connected] : []))).toEqual([false, true]);
  expect((await virsh('list', '--name')).split('\n').filter((name) => name === `vm-${vm}`)).toHaveLength(1);
});

test('[VM-19] a guest with UEFI starts by OVMF and leaves no variables behind', async () => {
  const { client } = one;
  await client.domain.ensureOff(ofVm(vm, 2));
  const domain = domainOf(vm, {
    firmware: 'uefi',
    disks: [{ diskId: disk.diskId, device: 'vda', at: disk.at, bootOrder: 1 }],
    nics: [],
    memory: 512 * MIB,
    cephSecretId: secretId,
    cephMonHosts: [1, 2, 3].map((host) => instanceAddress(instance, 'storage', host)),
  });
  await client.domain.ensureDefined({ ...ofVm(vm, 2), domain });
  const { sequence } = await client.host.facts({});
  await client.domain.ensureRunning(ofVm(vm, 2));
  const xml = await virsh('dumpxml', `vm-${vm}`);
  expect(xml).toMatch(/<loader [^>]*type='pflash'[^>]*>[^<]*OVMF/u);
  await one.eventsUntil(sequence, 120_000, (e) => e.type === 'guest' && e.vmId === vm && e.guest.agent === 'running');
  const variables = /<nvram[^>]*>([^<]+)</u.exec(xml)?.[1] ?? '';
  expect(existsSync(variables)).toBe(true);
  await client.domain.ensureAbsent(ofVm(vm, 2));
  expect(existsSync(variables)).toBe(false);
  await client.domain.ensureDefined({ ...ofVm(vm, 2), domain: { ...domain, firmware: 'bios' } });
});

test('[VM-26] removal leaves nothing in libvirt and Ceph', async () => {
  expect(await one.client.domain.ensureAbsent(ofVm(vm, 3))).toEqual({ changed: true });
  expect(await one.client.domain.ensureAbsent(ofVm(vm, 3))).toEqual({ changed: false });
  expect(await one.client.disk.ensureAbsent({ ...ofVm(vm, 3), at: disk.at })).toEqual({ changed: true });
  expect(await virsh('list', '--all', '--name')).not.toContain(vm);
  expect(await ceph.rbd.imageList('ssd')).not.toContain(disk.at.image);
});
