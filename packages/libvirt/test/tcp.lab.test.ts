import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type HostEvent, LibvirtHost, type TransportTarget } from '../src/index.ts';
import { type PrivateLibvirtd, eventually, testLibvirtd } from './private-libvirtd.ts';

// Real daemons on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** A real libvirtd that listens in clear: for laboratories only, yet it has to work. */
describe('over TCP', () => {
  let libvirtd: PrivateLibvirtd;
  let target: TransportTarget;
  let host: LibvirtHost;
  const events: HostEvent[] = [];

  beforeAll(async () => {
    const server = createServer();
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    libvirtd = await testLibvirtd(
      `listen_tls = 0\nlisten_tcp = 1\ntcp_port = "${port}"\nlisten_addr = "127.0.0.1"\nauth_tcp = "none"\n`,
      '--listen',
    );
    target = { kind: 'tcp', host: '127.0.0.1', port };
    host = new LibvirtHost({ target, uri: 'test:///default' });
    host.subscribe((event) => events.push(event));
    await host.connect(20_000);
  });

  afterAll(async () => {
    await host?.close();
    await libvirtd?.stop();
  });

  const lifecycle = (): string[] => events.flatMap((event) => (event.type === 'lifecycle' ? [event.event] : []));

  test('[HOST-02] a client lists what is there', async () => {
    expect(await host.client.domainList()).toMatchObject([{ name: 'test', id: 1 }]);
    expect(events[0]).toMatchObject({ type: 'resync', domains: [{ name: 'test', state: 'running', id: 1 }] });
  });

  test('[HOST-02] an event tells one client what another has done', async () => {
    const other = new LibvirtHost({ target, uri: 'test:///default' });
    try {
      await other.connect(20_000);
      const dom = await other.client.domainLookupByName('test');
      expect(dom).toMatchObject({ id: 1 });
      await other.client.domainSuspend(dom);
      await eventually('suspended', () => lifecycle().includes('suspended'));
      expect(await host.client.domainGetState(dom)).toMatchObject({ state: 'paused' });
      await other.client.domainResume(dom);
      await eventually('resumed', () => lifecycle().includes('resumed'));
    } finally {
      await other.close();
    }
  });

  test('[HOST-02] a stream comes through', async () => {
    const [dom] = await host.client.domainList();
    expect((await host.client.domainScreenshot(dom?.uuid ?? '')).mime).toBe('image/png');
  });

  test('[HOST-02] the client is back when the daemon is, and lists again', async () => {
    const resyncs = (): number => events.filter((event) => event.type === 'resync').length;
    const before = resyncs();
    await libvirtd.restart();
    await eventually('resync', () => resyncs() > before);
    expect(await host.client.domainList()).toMatchObject([{ name: 'test' }]);
  });
});
