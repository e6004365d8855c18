import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as tlsServer } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { LibvirtHost, type TransportTarget } from '../src/index.ts';
import { transportConnect } from '../src/transport.ts';
import { type PrivateLibvirtd, eventually, testLibvirtd } from './private-libvirtd.ts';

// Real daemons on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const run = promisify(execFile);

/** A real libvirtd that wants a certificate of a certain name. */
describe('over TLS', () => {
  let dir: string;
  let libvirtd: PrivateLibvirtd;
  let port: number;

  const openssl = (...args: string[]) => run('openssl', args, { cwd: dir, timeout: 30_000 });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const certify = async (name: string, extension: string, ca = 'ca'): Promise<void> => {
    const files = ['-keyout', `${name}.key`, '-out', `${name}.pem`, '-subj', `/CN=${name}`];
    const issuer = name === ca ? [] : ['-CA', `${ca}.pem`, '-CAkey', `${ca}.key`];
    const constraint = `basicConstraints=critical,CA:${name === ca ? 'TRUE' : 'FALSE'}`;
    const extensions = [constraint, extension].flatMap((one) => ['-addext', one]);
    await openssl('req', '-x509', '-config', 'req.cnf', ...key, ...files, ...issuer, ...extensions);
  };

  const freePort = async (): Promise<number> => {
    const server = createServer();
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const { port: free } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    return free;
  };

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'libvirt-tls-'));
    // Without Debian's defaults, which make every certificate an authority.
    await writeFile(join(dir, 'req.cnf'), '[req]\ndistinguished_name = dn\n[dn]\n');
    await certify('ca', 'keyUsage=critical,keyCertSign');
    await certify('other-ca', 'keyUsage=critical,keyCertSign', 'other-ca');
    await certify('localhost', 'subjectAltName=DNS:localhost,IP:127.0.0.1');
    await certify('agent', 'extendedKeyUsage=clientAuth');
    await certify('stranger', 'extendedKeyUsage=clientAuth');
    await certify('forger', 'extendedKeyUsage=clientAuth', 'other-ca');
    await chmod(dir, 0o755);
    await chmod(join(dir, 'localhost.key'), 0o644);
    port = await freePort();
    const file = (name: string): string => JSON.stringify(join(dir, name));
    libvirtd = await testLibvirtd(
      `listen_tls = 1\ntls_port = "${port}"\nlisten_addr = "127.0.0.1"\nauth_tls = "none"\ntls_no_sanity_certificate = 1\n` +
        `ca_file = ${file('ca.pem')}\ncert_file = ${file('localhost.pem')}\nkey_file = ${file('localhost.key')}\n` +
        `tls_allowed_dn_list = ["CN=agent"]\n`,
      '--listen',
    );
  });

  afterAll(async () => {
    await libvirtd?.stop();
    await rm(dir, { recursive: true });
  });

  const target = async (name: string, ca = 'ca', servername = 'localhost'): Promise<TransportTarget> => {
    const pem = (file: string): Promise<string> => readFile(join(dir, file), 'utf8');
    const [cert, privateKey, caPem] = [await pem(`${name}.pem`), await pem(`${name}.key`), await pem(`${ca}.pem`)];
    return { kind: 'tls', host: '127.0.0.1', port, ca: caPem, cert, key: privateKey, servername };
  };

  test('[HOST-02] works with our certificate', async () => {
    const host = new LibvirtHost({ target: await target('agent'), uri: 'test:///default' });
    await host.connect();
    expect(await host.client.domainLookupByName('test')).toMatchObject({ id: 1 });
    expect((await host.client.domainScreenshot((await host.client.domainList())[0]?.uuid ?? '')).mime).toBe(
      'image/png',
    );
    await host.close();
  });

  test('[HOST-02] events come, too', async () => {
    const host = new LibvirtHost({ target: await target('agent'), uri: 'test:///default' });
    const heard: string[] = [];
    host.subscribe((event) => heard.push(event.type === 'lifecycle' ? event.event : event.type));
    await host.connect();
    const dom = await host.client.domainLookupByName('test');
    await host.client.domainSuspend(dom);
    await host.client.domainResume(dom);
    await eventually('resumed', () => heard.includes('resumed'));
    expect(heard).toEqual(['resync', 'suspended', 'resumed']);
    await host.close();
  });

  /** What a daemon's TLS library would hand over at once: the sizes of the records that came. */
  const recordsOf = async (send: (socket: Socket) => void, bytes: number): Promise<number[]> => {
    const pem = (file: string): Promise<string> => readFile(join(dir, file), 'utf8');
    const [cert, privateKey, ca] = [await pem('localhost.pem'), await pem('localhost.key'), await pem('ca.pem')];
    const records: number[] = [];
    const daemon = tlsServer({ cert, key: privateKey, ca, requestCert: true }, (socket) => {
      socket.on('data', (chunk: Buffer) => records.push(chunk.length));
      socket.write(Buffer.from([1]));
    });
    await new Promise<void>((resolve) => void daemon.listen(0, '127.0.0.1', resolve));
    const own = { ...(await target('agent')), port: (daemon.address() as AddressInfo).port };
    const socket = await transportConnect(own);
    try {
      send(socket);
      await eventually('all', () => records.reduce((sum, length) => sum + length, 0) === bytes);
      return records;
    } finally {
      socket.destroy();
      daemon.close();
    }
  };

  test('[HOST-02] each message goes in a record of its own, or libvirtd leaves those behind the first unread', async () => {
    const sizes = Array.from({ length: 30 }, (_, n) => 28 + 4 * n);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    const records = await recordsOf((socket) => sizes.forEach((size) => void socket.write(Buffer.alloc(size))), total);
    expect(records).toEqual(sizes);
  });

  test('[HOST-02] calls made in one turn are all answered, without a later one to push them', async () => {
    const keepalive = { intervalMs: 600_000, count: 5 };
    const host = new LibvirtHost({ target: await target('agent'), uri: 'test:///default', keepalive });
    try {
      await host.connect();
      const calls = Array.from({ length: 40 }, () => host.client.domainLookupByName('test', { timeoutMs: 15_000 }));
      expect(await Promise.all(calls)).toHaveLength(40);
    } finally {
      await host.close();
    }
  });

  test.each([
    ['a name that is not on the list', 'stranger', 'ca', 'localhost'],
    ['a certificate of another authority', 'forger', 'ca', 'localhost'],
    ['a daemon of another authority', 'agent', 'other-ca', 'localhost'],
    ['a daemon of another name', 'agent', 'ca', 'elsewhere'],
  ])('[HOST-02] does not come about with %s', async (_what, name, ca, servername) => {
    const host = new LibvirtHost({ target: await target(name, ca, servername), uri: 'test:///default' });
    const connecting = host.connect(10_000);
    const outcome = expect(connecting).rejects.toMatchObject({ kind: 'closed' });
    await eventually('refusal', () => host.lastError?.kind === 'connect');
    expect(host.connected).toBe(false);
    await host.close();
    await outcome;
  });
});
