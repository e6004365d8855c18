import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type HostEvent, LibvirtHost, domainModel, domainToXml } from '../src/index.ts';
import { type PrivateLibvirtd, eventually, qemuLibvirtd } from './private-libvirtd.ts';

// Real daemons on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** Two real libvirtds with real QEMUs, each a host of its own by name, namespaces and UUID. */
describe('between two hosts', () => {
  const uuid = '0190b2b0-7c00-7000-8000-0000000000b1';
  const libvirtds: PrivateLibvirtd[] = [];
  const hosts: LibvirtHost[] = [];
  const events: HostEvent[] = [];

  beforeAll(async () => {
    libvirtds.push(...(await Promise.all([qemuLibvirtd(), qemuLibvirtd()])));
    for (const { socket } of libvirtds) hosts.push(new LibvirtHost({ target: { kind: 'unix', path: socket } }));
    hosts[0]?.subscribe((event) => events.push(event));
    await Promise.all(hosts.map((host) => host.connect()));
  });

  afterAll(async () => {
    await Promise.all(hosts.map((host) => host.close()));
    await Promise.all(libvirtds.map((libvirtd) => libvirtd.stop()));
  });

  const both = (): [LibvirtHost, LibvirtHost, PrivateLibvirtd] => {
    const [source, target] = hosts;
    const there = libvirtds[1];
    if (!source || !target || !there) throw new Error('no hosts');
    return [source, target, there];
  };
  const options = (there: PrivateLibvirtd) => ({
    destination: `qemu+unix:///system?socket=${there.socket}`,
    migrateUri: `unix://${join(there.dir, 'migrate.sock')}`,
    live: true,
    persistDest: true,
    undefineSource: true,
    abortOnError: true,
  });

  test('[MIG-01] an aborted migration leaves the guest where it was', async () => {
    const [source, target, there] = both();
    const model = domainModel({
      type: 'qemu',
      uuid,
      name: 'traveller',
      memory: 256 * 2 ** 20,
      vcpus: { current: 1, max: 1 },
      cpu: { mode: 'custom', model: 'qemu64', features: [] },
    });
    await source.client.domainDefine(domainToXml(model));
    await source.client.domainCreate(uuid);
    const moving = source.client.domainMigrate(uuid, { ...options(there), bandwidth: 1 });
    const outcome = expect(moving).rejects.toMatchObject({ codeName: 'VIR_ERR_OPERATION_ABORTED' });
    await eventually('job', async () => {
      const { type, stats } = await source.client.domainJobStats(uuid);
      return type === 'unbounded' && Number(stats['memory_remaining'] ?? 0) > 0;
    });
    await source.client.domainAbortJob(uuid);
    await outcome;
    expect(await source.client.domainGetState(uuid)).toMatchObject({ state: 'running' });
    expect(await target.client.domainList()).toEqual([]);
  });

  test('[MIG-01] a guest moves while it runs, and only the target has it', async () => {
    const [source, target, there] = both();
    await source.client.domainMigrate(uuid, options(there));
    expect(await target.client.domainGetState(uuid)).toMatchObject({ state: 'running' });
    expect(await source.client.domainList()).toEqual([]);
    const { type, stats } = await target.client.domainJobStats(uuid, { completed: true });
    expect(type).toBe('completed');
    expect(Number(stats['downtime'])).toBeGreaterThan(0);
    // The source says that its guest is gone, and how the move went.
    await eventually('job-completed', () => events.some((event) => event.type === 'job-completed'));
    const left = (event: HostEvent) => event.type === 'lifecycle' && event.event === 'stopped';
    await eventually('stopped', () => events.some(left));
    expect(events.find(left)).toMatchObject({ detailName: 'migrated' });
    await target.client.domainDestroy(uuid);
    await target.client.domainUndefine(uuid);
  });
});
