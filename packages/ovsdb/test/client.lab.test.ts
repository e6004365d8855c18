import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import {
  configSync,
  northbound,
  OvsdbClient,
  ovnNorthbound,
  openVswitch,
  switchEnsure,
  transactSynced,
} from '../src/index.ts';
import { eventually, startServer, stopChild } from './ovsdb-server.ts';

const run = promisify(execFile);
const SB_SCHEMA = '/usr/share/ovn/ovn-sb.ovsschema';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

describe('client against real servers', () => {
  const closers: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).toReversed()) await close();
  });

  const clientOf = (endpoints: readonly string[], tls?: { ca: Buffer; cert: Buffer; key: Buffer }) => {
    const client = new OvsdbClient({
      endpoints,
      schema: ovnNorthbound,
      backoffMs: [20, 200],
      ...(tls === undefined ? {} : { tls }),
    });
    closers.push(() => client.close());
    return client;
  };

  it('[NET-01] finds a restarted server again and repairs its cache', async () => {
    const server = await startServer();
    closers.push(() => server.stop());
    const client = clientOf([`unix:${server.socket}`]);
    await switchEnsure(northbound(client, { owner: 'o' }), { id: 'a', name: 'before' });
    const cache = await client.monitor({ Logical_Switch: ['name'] });
    const names = (): string[] => cache.rows('Logical_Switch').map((row) => row.name);
    expect(names()).toEqual(['before']);
    await server.kill();
    await eventually(() => client.state.kind === 'connecting', 'the loss is noticed');
    await server.start();
    await run('ovn-nbctl', [`--db=unix:${server.socket}`, 'ls-add', 'after', '--', 'ls-del', 'before']);
    await eventually(() => names().join() === 'after', 'the cache is repaired');
  });

  it('[NET-01] speaks TCP and verified TLS, and the schema of Open vSwitch', async () => {
    const [tcp, tls, certs] = [await freePort(), await freePort(), await mkdtemp(join(tmpdir(), 'ovsdb-pki-'))];
    closers.push(() => rm(certs, { recursive: true, force: true }));
    const pem = (name: string): string => join(certs, `${name}.pem`);
    for (const name of ['server', 'stranger']) {
      await run('openssl', [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
        '-subj',
        '/CN=ovsdb',
        '-addext',
        'subjectAltName=IP:127.0.0.1',
        '-keyout',
        pem(`${name}-key`),
        '-out',
        pem(name),
      ]);
    }
    const server = await startServer({
      args: [
        `--remote=ptcp:${tcp}:127.0.0.1`,
        `--remote=pssl:${tls}:127.0.0.1`,
        `--private-key=${pem('server-key')}`,
        `--certificate=${pem('server')}`,
        `--ca-cert=${pem('server')}`,
      ],
    });
    closers.push(() => server.stop());
    const read = async (name: string) => ({
      ca: await readFile(pem(name)),
      cert: await readFile(pem('server')),
      key: await readFile(pem('server-key')),
    });
    expect(await clientOf([`tcp:127.0.0.1:${tcp}`]).call('list_dbs', [])).toContain('OVN_Northbound');
    expect(await clientOf([`ssl:127.0.0.1:${tls}`], await read('server')).call('list_dbs', [])).toContain(
      'OVN_Northbound',
    );
    const wary = clientOf([`ssl:127.0.0.1:${tls}`], await read('stranger'));
    await expect(wary.connect({ timeoutMs: 500 })).rejects.toMatchObject({ kind: 'timeout' });
    expect(wary.state).toMatchObject({ kind: 'connecting', reason: expect.stringMatching(/certificate/i) });
    const ovs = await startServer({ schema: '/usr/share/openvswitch/vswitch.ovsschema' });
    closers.push(() => ovs.stop());
    const vswitch = new OvsdbClient({ endpoints: [`unix:${ovs.socket}`], schema: openVswitch });
    closers.push(() => vswitch.close());
    await vswitch.transact([vswitch.ops.insert('Open_vSwitch', { external_ids: { 'system-id': 'c1' } })]);
    const cache = await vswitch.monitor({ Open_vSwitch: ['external_ids', 'bridges'] });
    expect(cache.rows('Open_vSwitch')).toMatchObject([{ external_ids: { 'system-id': 'c1' }, bridges: [] }]);
  });

  it('[NET-01] waits for northd, but not longer than told', async () => {
    const nbServer = await startServer();
    closers.push(() => nbServer.stop());
    const sbServer = await startServer({ schema: SB_SCHEMA });
    closers.push(() => sbServer.stop());
    const client = clientOf([`unix:${nbServer.socket}`]);
    const nb = northbound(client, { owner: 'o' });
    const northd = spawn(
      'ovn-northd',
      [
        `--ovnnb-db=unix:${nbServer.socket}`,
        `--ovnsb-db=unix:${sbServer.socket}`,
        `--unixctl=${join(nbServer.dir, 'northd.ctl')}`,
      ],
      { stdio: 'ignore' },
    );
    closers.push(() => stopChild(northd, 'SIGKILL'));
    const globals = await client.monitor({ NB_Global: ['nb_cfg', 'sb_cfg'] });
    await eventually(() => globals.size('NB_Global') === 1, 'northd has made its row');
    const results = await transactSynced(nb, [client.ops.insert('Logical_Switch', { name: 'synced' })]);
    expect(results).toHaveLength(1);
    const { stdout } = await run('ovn-sbctl', [
      `--db=unix:${sbServer.socket}`,
      '--bare',
      'find',
      'Datapath_Binding',
      'external_ids:name=synced',
    ]);
    expect(stdout).not.toBe('');
    await stopChild(northd, 'SIGKILL');
    const started = performance.now();
    await expect(configSync(nb, { timeoutMs: 200 })).rejects.toMatchObject({ kind: 'timeout', sent: true });
    expect(performance.now() - started).toBeLessThan(1500);
  });

  it('[NET-01] follows the leader of a cluster of three when it is killed, and loses no write it was told of', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'ovsdb-raft-'));
    closers.push(() => rm(dir, { recursive: true, force: true }));
    const nodes: { socket: string; child: ChildProcess }[] = [];
    closers.push(() => Promise.all(nodes.map((node) => stopChild(node.child, 'SIGKILL'))));
    const first = `tcp:127.0.0.1:${await freePort()}`;
    for (let index = 0; index < 3; index++) {
      const [database, socket] = [join(dir, `${index}.db`), join(dir, `${index}.sock`)];
      if (index === 0) await run('ovsdb-tool', ['create-cluster', database, '/usr/share/ovn/ovn-nb.ovsschema', first]);
      else {
        const own = `tcp:127.0.0.1:${await freePort()}`;
        await run('ovsdb-tool', ['join-cluster', database, 'OVN_Northbound', own, first]);
      }
      const args = [database, `--remote=punix:${socket}`, `--unixctl=${join(dir, `${index}.ctl`)}`];
      nodes.push({ socket, child: spawn('ovsdb-server', args, { stdio: 'ignore', cwd: dir }) });
      await eventually(() => existsSync(socket), 'the node listens');
      await run('ovsdb-client', ['-t', '20', 'wait', `unix:${socket}`, 'OVN_Northbound', 'connected']);
    }
    const client = clientOf(nodes.map((node) => `unix:${node.socket}`).toReversed());
    await client.connect({ timeoutMs: 20_000 });
    const { state } = client;
    expect(state).toMatchObject({ kind: 'connected', role: { clustered: true, leader: true } });
    const leader = state.kind === 'connected' ? state.endpoint : '';
    const nb = northbound(client, { owner: 'o' });
    const cache = await client.monitor({ Logical_Switch: ['name'] });
    await switchEnsure(nb, { id: 's0', name: 's0' });
    const dead = nodes.find((node) => `unix:${node.socket}` === leader);
    if (dead === undefined) throw new Error(`no node is ${leader}`);
    await stopChild(dead.child, 'SIGKILL');
    await eventually(
      () => client.state.kind === 'connected' && client.state.endpoint !== leader,
      'another leader is used',
      30_000,
    );
    for (let index = 0; index < 5; index++) await switchEnsure(nb, { id: `s${index}`, name: `s${index}` });
    await eventually(() => cache.size('Logical_Switch') === 5, 'the cache has every switch once');
  });
});
