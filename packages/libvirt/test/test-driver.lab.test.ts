import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type HostEvent, LibvirtHost } from '../src/index.ts';
import { type PrivateLibvirtd, eventually, testLibvirtd, virsh } from './private-libvirtd.ts';

// Real daemons on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** libvirt's own test driver: a host that exists in memory only, behind the real daemon and the real protocol. */
describe('against libvirt’s test driver', () => {
  let libvirtd: PrivateLibvirtd;
  let host: LibvirtHost;
  const events: HostEvent[] = [];

  beforeAll(async () => {
    libvirtd = await testLibvirtd();
    host = new LibvirtHost({ target: { kind: 'unix', path: libvirtd.socket }, uri: 'test:///default' });
    host.subscribe((event) => events.push(event));
    await host.connect();
  });

  afterAll(async () => {
    await host?.close();
    await libvirtd?.stop();
  });

  const lifecycle = (): string[] => events.flatMap((event) => (event.type === 'lifecycle' ? [event.event] : []));

  test('[HOST-01] tells what the host is', async () => {
    const [node, version, xml] = [
      await host.client.nodeInfo(),
      await host.client.libvirtVersion(),
      await host.client.capabilitiesXml(),
    ];
    expect(node).toMatchObject({ model: 'i686', cpus: 16, memoryBytes: 3 * 2 ** 30 });
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(xml).toContain('<capabilities>');
  });

  test('[VM-03] lists first, after registering for events', () => {
    expect(events[0]).toMatchObject({ type: 'resync', domains: [{ name: 'test', state: 'running', id: 1 }] });
  });

  test('[VM-26] walks a domain through its life and hears each step', async () => {
    const { client } = host;
    const dom = await client.domainLookupByName('test');
    await client.domainSuspend(dom);
    expect(await client.domainGetState(dom)).toMatchObject({ state: 'paused' });
    await client.domainResume(dom);
    await client.domainDestroy(dom);
    expect(await client.domainGetState(dom.uuid)).toMatchObject({ state: 'shutoff' });
    await client.domainCreate(dom);
    const info = await client.domainGetInfo(dom);
    expect(info).toMatchObject({ state: 'running', vcpus: 2, memoryBytes: 2 * 2 ** 30 });
    await eventually('events', () => lifecycle().length >= 4);
    expect(lifecycle()).toEqual(['suspended', 'resumed', 'stopped', 'started']);
  });

  test('[VM-25] agrees with virsh about memory and state', async () => {
    const text = await virsh(libvirtd.socket, 'test+unix:///default', ['dominfo', 'test']);
    expect(text).toMatch(/Used memory:\s+2097152 KiB/);
    const [stats] = await host.client.domainStats({ state: true });
    expect(stats).toMatchObject({ domain: { name: 'test' }, stats: { 'state.state': 1 } });
  });

  test('[API-03] names the reason when libvirt refuses', async () => {
    const absent = '0190b2b0-7c00-7000-8000-00000000dead';
    const refusal = host.client.domainGetInfo(absent);
    await expect(refusal).rejects.toMatchObject({ kind: 'remote', codeName: 'VIR_ERR_NO_DOMAIN', code: 42 });
    await expect(refusal).rejects.toMatchObject({ domainName: 'VIR_FROM_TEST', procedure: 'domainGetInfo' });
    const stack = await refusal.catch((error: unknown) => (error instanceof Error ? error.stack : ''));
    expect(stack).toContain('domainGetInfo');
  });

  test('[VM-15] takes a picture of the screen as a stream', async () => {
    const { mime, data } = await host.client.domainScreenshot((await host.client.domainLookupByName('test')).uuid);
    expect(mime).toBe('image/png');
    expect(data.subarray(1, 4).toString()).toBe('PNG');
  });

  test('[TASK-02] waits its turn: forty calls at once all come back', async () => {
    const infos = await Promise.all(Array.from({ length: 40 }, async () => host.client.domainLookupByName('test')));
    expect(new Set(infos.map(({ name }) => name))).toEqual(new Set(['test']));
  });

  test('[HOST-01] comes back after the daemon was killed, with a fresh list', async () => {
    const before = events.filter(({ type }) => type === 'resync').length;
    await libvirtd.restart();
    await eventually('resync', () => events.filter(({ type }) => type === 'resync').length > before);
    expect(events.filter(({ type }) => type === 'disconnected')).toHaveLength(1);
    expect(await host.client.domainLookupByName('test')).toMatchObject({ name: 'test' });
  });
});
