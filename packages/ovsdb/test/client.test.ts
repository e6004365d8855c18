import { afterEach, describe, expect, it } from 'vitest';
import { OvsdbClient, type OvsdbError, ovnNorthbound } from '../src/index.ts';
import { type FakeServer, type Handler, standalone, startFake } from './fake-server.ts';
import { eventually } from './ovsdb-server.ts';

const ZERO = '00000000-0000-0000-0000-000000000000';
const LS1 = '11111111-1111-1111-1111-111111111111';
const LS2 = '22222222-2222-2222-2222-222222222222';

describe('client against a scripted server', () => {
  const closers: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).toReversed()) await close();
  });

  const fake = async (handler: Handler): Promise<FakeServer> => {
    const server = await startFake(standalone('OVN_Northbound', handler));
    closers.push(() => server.stop());
    return server;
  };
  const clientOf = (servers: readonly FakeServer[], options: { probeMs?: number; maxMessageBytes?: number } = {}) => {
    const client = new OvsdbClient({
      endpoints: servers.map((server) => server.endpoint),
      schema: ovnNorthbound,
      backoffMs: [5, 20],
      callTimeoutMs: 2000,
      ...options,
    });
    closers.push(() => client.close());
    return client;
  };

  it('[NET-01] answers echo, also when the reply before it comes in pieces', async () => {
    const server = await fake(({ method, id, socket }) => {
      if (method !== 'list_dbs') return undefined;
      const bytes = Buffer.from(JSON.stringify({ id, result: ['数据库'], error: null }));
      const echo = Buffer.from(JSON.stringify({ method: 'echo', params: ['ping'], id: 'e1' }));
      socket.write(bytes.subarray(0, bytes.length - 21));
      setImmediate(() => socket.write(Buffer.concat([bytes.subarray(bytes.length - 21), echo])));
      return undefined;
    });
    const client = clientOf([server]);
    expect(await client.call('list_dbs', [])).toEqual(['数据库']);
    const reply = await eventually(() => server.calls.find((call) => call.method === 'reply'), 'echo is answered');
    expect(reply.params[0]).toEqual({ id: 'e1', result: ['ping'], error: null });
  });

  it('[NET-01] rejects pending calls when the connection goes, telling that they were sent, and reconnects', async () => {
    const server = await fake(({ method, socket }) => {
      if (method === 'transact') socket.destroy();
      return method === 'list_dbs' ? ['again'] : undefined;
    });
    const client = clientOf([server]);
    await expect(client.transact([])).rejects.toMatchObject({ kind: 'closed', sent: true });
    expect(await client.call('list_dbs', [])).toEqual(['again']);
  });

  it('[NET-01] gives every call a deadline and obeys an abort', async () => {
    const client = clientOf([await fake(() => undefined)]);
    await client.connect();
    await expect(client.transact([], { timeoutMs: 20 })).rejects.toMatchObject({ kind: 'timeout', sent: true });
    const abort = new AbortController();
    const pending = client.transact([], { signal: abort.signal });
    setImmediate(() => abort.abort());
    await expect(pending).rejects.toMatchObject({ kind: 'timeout' });
    const nowhere = new OvsdbClient({ endpoints: ['unix:/nonexistent/sock'], schema: ovnNorthbound });
    closers.push(() => nowhere.close());
    await expect(nowhere.connect({ timeoutMs: 30 })).rejects.toMatchObject({ kind: 'timeout', sent: false });
  });

  it('[NET-01] drops a server that sends garbage or too much, and one that falls silent', async () => {
    const garbage = await fake(({ method, socket }) => {
      if (method === 'transact') socket.write('<html>');
      return undefined;
    });
    await expect(clientOf([garbage]).transact([])).rejects.toMatchObject({ kind: 'protocol' });
    const huge = await fake(({ method }) => (method === 'transact' ? ['x'.repeat(5000)] : undefined));
    await expect(clientOf([huge], { maxMessageBytes: 2000 }).transact([])).rejects.toMatchObject({ kind: 'protocol' });
    const silent = await fake(() => undefined);
    const started = performance.now();
    await expect(clientOf([silent], { probeMs: 30 }).transact([])).rejects.toMatchObject({ kind: 'closed' });
    expect(performance.now() - started).toBeLessThan(1500);
  });

  it('[NET-01] finds after a reconnect what changed in between', async () => {
    let rows: Record<string, unknown> = {
      [LS1]: { initial: { name: 'one', external_ids: ['map', [['k', 'v']]] } },
      [LS2]: { initial: { name: 'two' } },
    };
    const server = await fake(({ method }) =>
      method === 'monitor_cond_since' ? [false, ZERO, { Logical_Switch: rows }] : undefined,
    );
    const client = clientOf([server]);
    const cache = await client.monitor({ Logical_Switch: ['name', 'external_ids', 'ports'] });
    const seen: string[] = [];
    cache.onChange((change) =>
      seen.push(`${change.type} ${change.type === 'delete' ? change.old.name : change.row.name}`),
    );
    expect(cache.rows('Logical_Switch')).toHaveLength(2);
    const [socket] = server.sockets;
    const diff = {
      [LS1]: {
        modify: {
          ports: ['uuid', LS2],
          external_ids: [
            'map',
            [
              ['k', 'v'],
              ['n', 'w'],
            ],
          ],
        },
      },
    };
    socket?.write(
      JSON.stringify({ method: 'update3', params: [['since', 'm1'], ZERO, { Logical_Switch: diff }], id: null }),
    );
    await eventually(() => seen.length === 1, 'the change arrives');
    expect(cache.rows('Logical_Switch')[0]).toMatchObject({ name: 'one', ports: [LS2], external_ids: { n: 'w' } });
    rows = { [LS1]: { initial: { name: 'uno' } }, [ZERO]: { initial: { name: 'three' } } };
    socket?.destroy();
    await eventually(() => seen.length === 4, 'the resync tells the differences');
    expect(seen).toEqual(['modify one', 'delete two', 'modify uno', 'insert three']);
  });

  it('[NET-01] falls back to monitor_cond on an older server', async () => {
    const server = await fake(({ method }) => {
      if (method === 'monitor_cond_since') return new Error('unknown method');
      return method === 'monitor_cond' ? { Logical_Switch: { [LS1]: { initial: { name: 'old' } } } } : undefined;
    });
    const client = clientOf([server]);
    const cache = await client.monitor({ Logical_Switch: ['name'] });
    const [socket] = server.sockets;
    socket?.write(
      JSON.stringify({
        method: 'update2',
        params: [['cond', 'm1'], { Logical_Switch: { [LS1]: { delete: null } } }],
        id: null,
      }),
    );
    await eventually(() => cache.size('Logical_Switch') === 0, 'update2 is applied');
  });

  it('[NET-01] passes over followers and leaves a leader that steps down', async () => {
    const role =
      (leader: boolean): Handler =>
      ({ method, params }) => {
        if (method !== 'monitor_cond_since' || params[0] !== '_Server')
          return method === 'list_dbs' ? [String(leader)] : undefined;
        const row = { name: 'OVN_Northbound', model: 'clustered', connected: true, leader };
        return [false, ZERO, { Database: { [LS1]: { initial: row } } }];
      };
    const [first, second] = [await startFake(role(false)), await startFake(role(true))];
    closers.push(
      () => first.stop(),
      () => second.stop(),
    );
    const client = clientOf([first, second]);
    await client.connect();
    expect(client.state).toMatchObject({
      kind: 'connected',
      endpoint: second.endpoint,
      role: { clustered: true, leader: true },
    });
    first.handler = role(true);
    second.handler = role(false);
    const [socket] = second.sockets;
    const down = { Database: { [LS1]: { modify: { leader: false } } } };
    socket?.write(JSON.stringify({ method: 'update3', params: [['since', 'server'], ZERO, down], id: null }));
    await eventually(
      () => client.state.kind === 'connected' && client.state.endpoint === first.endpoint,
      'the other server is used',
    );
  });

  it('[NET-01] turns an error among the results into a rejection, and takes 120 000 operations', async () => {
    const server = await fake(({ method, params }) => {
      if (method !== 'transact') return undefined;
      return params.length > 1000
        ? params.slice(1).map(() => ({}))
        : [{}, null, { error: 'constraint violation', details: 'd' }];
    });
    const client = clientOf([server]);
    const { ops } = client;
    const op = ops.insert('Logical_Switch', { name: 'x' });
    const error: unknown = await client.transact([op, op]).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      name: 'OvsdbError',
      kind: 'transaction',
      code: 'constraint violation',
      operation: 2,
    });
    expect((error as OvsdbError).message).toContain('commit');
    const many = Array.from({ length: 120_000 }, () => op);
    expect(await client.transact(many)).toHaveLength(120_000);
    await client.close();
    await expect(client.transact([op])).rejects.toMatchObject({ kind: 'closed' });
  });
});
