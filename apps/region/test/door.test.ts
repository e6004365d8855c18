import { createHash, createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import { createServer } from 'node:https';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import {
  imageId as imageIdSchema,
  liveEvent,
  regionProcedures,
  type HostId,
  type ImageId,
  type LiveEvent,
  type NetworkId,
  type Permission,
} from '@basalt/contract';
import { enrolAnswer, renewAnswer } from '@basalt/contract/agent/index';
import {
  csrCreate,
  fingerprintOf,
  identityCreate,
  identityOf,
  mtlsClientOptions,
  mtlsServerOptions,
  newId,
} from '@basalt/service';
import { enrolTokenCreate } from '../src/domain/host/enrol.ts';
import { hostLockSet } from '../src/domain/host/change.ts';
import { vmCreate } from '../src/domain/vm/create.ts';
import { vmConsole } from '../src/domain/vm/console.ts';
import { sequenceNow } from '../src/store/page.ts';
import { vmStateSet } from '../src/store/vm.ts';
import * as schema from '../src/store/schema/index.ts';
import { transact } from '../src/store/transact.ts';
import { doorOpen, type Door } from './door-fixture.ts';
import { KEY, vmInput } from './region-fixture.ts';

let door: Door;
let hostId: HostId;
let imageId: ImageId;
let networkId: NetworkId;

beforeAll(async () => {
  door = await doorOpen();
  hostId = await door.f.hostAdd('h1');
  imageId = await door.f.imageAdd();
  networkId = await door.f.networkAdd('10.40.0.0/24');
});
afterAll(() => door[Symbol.asyncDispose]());

const all = Object.entries(regionProcedures).flatMap(([area, verbs]) =>
  Object.entries(verbs).map(([verb, procedure]) => ({ name: `${area}.${verb}`, ...procedure })),
);

describe('who may call', () => {
  test.each(all)('[IAM-03] $name is refused to an account without $access', async ({ name, kind, access }) => {
    const { status, code } = await door.call(name, kind, {}, []);
    if (access === 'session') expect(code).not.toBe('permissionMissing');
    else expect([status, code]).toEqual([403, 'permissionMissing']);
  });

  test.each(all)('[REG-01] $name finds nothing for another region', async ({ name, kind, input }) => {
    const id = newId<string>();
    const whole = { region: 'other', id, ids: [id], name: 'n', text: 't', imageId: id, nics: [{ networkId: id }] };
    const more = {
      uplink: 'physnet',
      vlan: 1,
      subnet: null,
      action: 'start',
      hostName: 'h9',
      osFamily: 'linux',
      format: 'raw',
      fileSize: 1,
    };
    const accepted = Object.fromEntries(
      Object.entries({ ...whole, ...more }).filter(([key]) => 'shape' in input && key in (input.shape as object)),
    );
    const { status, code } = await door.call(name, kind, accepted);
    expect([status, code]).toEqual([404, 'notFound']);
  });

  test('[API-03] no certificate, a host’s certificate, no assertion, another region’s assertion: nothing', async () => {
    const host = await identityCreate(door.f.services.ca, {
      commonName: 'h1',
      uri: `basalt://region/${KEY}/host/${hostId}`,
      hours: 1,
    });
    const path = `/v1/rpc/overview.get?input=${encodeURIComponent(JSON.stringify({ region: KEY }))}`;
    for (const as of [door.dispatcher(null), door.dispatcher(host)])
      expect((await door.send(path, { as })).status).toBe(401);
    const as = door.dispatcher(door.gateway);
    expect((await request(`${door.origin}${path}`, { dispatcher: as })).statusCode).toBe(401);
    const foreign = await door.authorization('*', { aud: 'other' as typeof KEY });
    expect(
      (await request(`${door.origin}${path}`, { dispatcher: as, headers: { authorization: foreign } })).statusCode,
    ).toBe(401);
    expect((await door.send(path)).status).toBe(200);
  });
});

describe('joining', () => {
  const token = async (hostName: string): Promise<string> =>
    (await enrolTokenCreate(door.f.context(), { hostName })).token;
  const enrol = async (body: object) => {
    const { csr } = await csrCreate();
    const as = door.dispatcher(null);
    return door.send('/v1/enrol', {
      method: 'POST',
      as,
      body: JSON.stringify({ csr, address: '127.0.0.1', port: 7444, agentVersion: '0.1.0', ...body }),
    });
  };

  test('[HOST-02] a token lets one host in, once, under its name', async () => {
    const given = await token('node-1');
    expect((await enrol({ token: given, hostName: 'node-2' })).status).toBe(403);
    const joined = await enrol({ token: given, hostName: 'node-1' });
    const answer = enrolAnswer.parse(joined.body);
    expect(identityOf(answer.certificate)).toBe(`basalt://region/${KEY}/host/${answer.hostId}`);
    expect(fingerprintOf(answer.ca)).toBe(fingerprintOf(door.f.services.ca.certificate));
    expect((await enrol({ token: given, hostName: 'node-1' })).status).toBe(403);
    const [row] = await door.f.db.select().from(schema.hosts).where(eq(schema.hosts.name, 'node-1'));
    expect(row).toMatchObject({ id: answer.hostId, state: 'enrolling', address: '127.0.0.1' });
    const [task] = await door.f.db.select().from(schema.tasks).where(eq(schema.tasks.targetId, answer.hostId));
    expect(task?.kind).toBe('host.enrol');
  });

  test('[HOST-02] a token whose answer was lost may be repeated with the same key: the same host, joined once', async () => {
    const given = await token('node-5');
    const { csr, key } = await csrCreate();
    const body = { token: given, hostName: 'node-5', csr };
    const together = await Promise.all([enrol(body), enrol({ ...body, port: 7555 }), enrol(body)]);
    const answers = together.map((answer) => enrolAnswer.parse(answer.body));
    const hostIds = new Set(answers.map((answer) => answer.hostId));
    expect(hostIds.size).toBe(1);
    for (const { certificate } of answers)
      expect(new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))).toBe(true);
    const rows = await door.f.db.select().from(schema.hosts).where(eq(schema.hosts.name, 'node-5'));
    expect(rows.map((row) => row.id)).toEqual([...hostIds]);
    const jobs = await door.f.db
      .select()
      .from(schema.tasks)
      .where(eq(schema.tasks.targetId, rows[0]?.id ?? ''));
    expect(jobs.map((job) => job.kind)).toEqual(['host.enrol']);

    const { csr: stolen } = await csrCreate();
    expect((await enrol({ ...body, csr: stolen })).status).toBe(403);
    expect((await enrol({ ...body, hostName: 'node-6' })).status).toBe(403);
    // it moves when it asks again from elsewhere, and is what it has become in the meantime
    await door.f.db.update(schema.hosts).set({ state: 'locked' }).where(eq(schema.hosts.name, 'node-5'));
    expect((await enrol({ ...body, port: 7666 })).status).toBe(200);
    const [after] = await door.f.db.select().from(schema.hosts).where(eq(schema.hosts.name, 'node-5'));
    expect(after).toMatchObject({ state: 'locked', port: 7666 });

    await door.f.db
      .update(schema.enrolTokens)
      .set({ expiresAt: new Date(Date.now() - 1000) })
      .where(eq(schema.enrolTokens.hostName, 'node-5'));
    expect((await enrol(body)).status).toBe(403);
  });

  test('[HOST-02] the earlier token of a host that has joined anew, and that of a removed one, let nobody in', async () => {
    const lost = { token: await token('node-7'), hostName: 'node-7', csr: (await csrCreate()).csr };
    expect((await enrol(lost)).status).toBe(200);
    const anew = { token: await token('node-7'), hostName: 'node-7', csr: (await csrCreate()).csr };
    expect((await enrol(anew)).status).toBe(200);
    expect((await enrol(lost)).status).toBe(403);
    expect((await enrol(anew)).status).toBe(200);
    await door.f.db.update(schema.hosts).set({ removedAt: new Date() }).where(eq(schema.hosts.name, 'node-7'));
    expect((await enrol(anew)).status).toBe(403);
  });

  test('[HOST-02] an expired token lets nobody in; a lost host joins again as the same', async () => {
    const old = await token('node-3');
    await door.f.db
      .update(schema.enrolTokens)
      .set({ expiresAt: new Date(Date.now() - 1000) })
      .where(eq(schema.enrolTokens.hostName, 'node-3'));
    expect((await enrol({ token: old, hostName: 'node-3' })).status).toBe(403);
    const first = enrolAnswer.parse((await enrol({ token: await token('node-3'), hostName: 'node-3' })).body);
    const again = enrolAnswer.parse((await enrol({ token: await token('node-3'), hostName: 'node-3' })).body);
    expect(again.hostId).toBe(first.hostId);
  });

  test('[HOST-02] a host renews its own certificate and no other’s; a removed one renews none', async () => {
    const { csr, key } = await csrCreate();
    const joined = enrolAnswer.parse((await enrol({ token: await token('node-4'), hostName: 'node-4', csr })).body);
    const as = door.dispatcher({ certificate: joined.certificate, key });
    const renew = async () => {
      const fresh = await csrCreate();
      return door.send('/v1/renew', { method: 'POST', body: JSON.stringify({ csr: fresh.csr }), as });
    };
    const renewed = renewAnswer.parse((await renew()).body);
    expect(identityOf(renewed.certificate)).toBe(identityOf(joined.certificate));
    await door.f.db.update(schema.hosts).set({ removedAt: new Date() }).where(eq(schema.hosts.name, 'node-4'));
    expect((await renew()).status).toBe(403);
    expect((await door.send('/v1/renew', { method: 'POST', body: '{"csr":""}' })).status).toBe(403);
  });
});

describe('uploads', () => {
  test('[IMG-02] parts in order, resumed after a break, complete with checksum and import task', async () => {
    const file = randomBytes(100_000);
    const made = await door.call('image.createUpload', 'mutation', {
      name: 'cirros',
      osFamily: 'linux',
      format: 'qcow2',
      fileSize: file.length,
    });
    const id = imageIdSchema.parse((made.data as { id: string }).id);
    const put = (offset: number, part: Buffer, permissions: '*' | Permission[] = '*') =>
      door.send(`/v1/images/${id}/content?offset=${offset}`, { method: 'PUT', body: part, permissions });
    expect((await put(0, file.subarray(0, 40_000), ['image:read'])).status).toBe(403);
    expect((await put(0, file.subarray(0, 40_000))).body).toMatchObject({ received: 40_000, state: 'uploading' });
    const wrong = await put(50_000, file.subarray(50_000));
    expect(wrong.status).toBe(409);
    expect(wrong.body).toMatchObject({ error: { code: 'uploadOffset', params: { received: 40_000 } } });
    expect((await put(40_000, Buffer.concat([file.subarray(40_000), Buffer.alloc(1)]))).status).toBe(413);
    expect((await put(40_000, file.subarray(40_000))).body).toMatchObject({ received: 100_000, state: 'checking' });
    const [upload] = await door.f.db.select().from(schema.imageUploads).where(eq(schema.imageUploads.imageId, id));
    expect(upload?.sha256).toBe(createHash('sha256').update(file).digest('hex'));
    expect(readFileSync(join(door.f.stateDirectory, upload?.file ?? '')).equals(file)).toBe(true);
    const [task] = await door.f.db.select().from(schema.tasks).where(eq(schema.tasks.targetId, id));
    expect(task).toMatchObject({ kind: 'image.upload', input: { imageId: id } });
    expect((await put(0, file)).status).toBe(409);
  });
});

/** Reads the stream until `enough`, at most ten seconds. */
async function listen(
  path: string,
  enough: (events: LiveEvent[]) => boolean,
  options: { permissions?: '*' | Permission[]; meanwhile?: () => Promise<unknown> } = {},
): Promise<{ events: LiveEvent[]; text: string }> {
  const stop = new AbortController();
  const answer = await request(`${door.origin}${path}`, {
    dispatcher: door.dispatcher(door.gateway),
    headers: { authorization: await door.authorization(options.permissions ?? '*') },
    signal: AbortSignal.any([stop.signal, AbortSignal.timeout(10_000)]),
  });
  await options.meanwhile?.();
  let text = '';
  const events = (): LiveEvent[] =>
    text
      .split('\n')
      .filter((line) => line.startsWith('data: {"sequence":') && line.includes('"kind"'))
      .map((line) => liveEvent.parse(JSON.parse(line.slice(6))));
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    text += chunk.toString();
    if (text.endsWith('\n\n') && enough(events())) break;
  }
  stop.abort();
  return { events: events(), text };
}

describe('live stream', () => {
  test('[API-03] changes come as they are committed, and again after a resume, without gap', async () => {
    const lock = (action: 'lock' | 'unlock') => hostLockSet(door.f.context(), { id: hostId }, action);
    // the hub may still be at what earlier tests have changed
    const before = await sequenceNow(door.f.db);
    const ours = (seen: readonly LiveEvent[]) => seen.filter((e) => e.kind === 'host' && e.sequence > before);
    const { events } = await listen('/v1/live', (seen) => ours(seen).length >= 2, {
      meanwhile: () => lock('lock').then(() => lock('unlock')),
    });
    const hosts = ours(events);
    expect(hosts.at(-1)?.data).toMatchObject({ id: hostId, state: 'available' });
    const first = hosts[0]?.sequence ?? 0;
    const resumed = await listen(`/v1/live?after=${first}`, (seen) => seen.some((e) => e.kind === 'host'));
    expect(resumed.events[0]?.sequence).toBe(first + 1);
  });

  test('[IAM-03] what an account may not read is left out', async () => {
    const after = (await door.f.db.select().from(schema.outbox)).length;
    const { events } = await listen('/v1/live?after=0', (seen) => seen.some((e) => e.kind === 'task'), {
      permissions: ['task:read'],
    });
    expect(after).toBeGreaterThan(events.length);
    expect(new Set(events.map((e) => e.kind))).toEqual(new Set(['task']));
  });

  test('[API-03] too old a position is told, not passed over', async () => {
    await transact(door.f.db, async (work) => work.changed('host', hostId));
    await door.f.db.execute('delete from outbox where sequence < (select max(sequence) from outbox)');
    const stop = new AbortController();
    const answer = await request(`${door.origin}/v1/live?after=1`, {
      dispatcher: door.dispatcher(door.gateway),
      headers: { authorization: await door.authorization() },
      signal: AbortSignal.any([stop.signal, AbortSignal.timeout(10_000)]),
    });
    let text = '';
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      text += chunk.toString();
      if (text.includes('event: reset')) break;
    }
    stop.abort();
    expect(text).toMatch(/event: reset\nid: \d+\n/u);
  });
});

describe('console', () => {
  test('[VM-15] a ticket leads to its VM’s console once; bytes go both ways', async () => {
    const own = await identityCreate(door.f.services.ca, {
      commonName: 'agent',
      uri: `basalt://region/${KEY}/host/${hostId}`,
      hours: 1,
    });
    const agent = createServer(mtlsServerOptions(own, door.f.services.ca.certificate));
    const sockets = new WebSocketServer({ server: agent });
    const paths: string[] = [];
    sockets.on('connection', (socket, incoming) => {
      paths.push(incoming.url ?? '');
      socket.on('message', (data) => socket.send(data));
    });
    await new Promise<void>((resolve) => agent.listen(0, '127.0.0.1', resolve));
    const port = (agent.address() as AddressInfo).port;
    await door.f.db
      .update(schema.hosts)
      .set({ address: '127.0.0.1', port, pathPrefix: '/sim/h1' })
      .where(eq(schema.hosts.id, hostId));
    const made = await vmCreate(door.f.context(), vmInput({ name: 'con', imageId, networkId }));
    const id = made.items[0]!.vm.id;
    await expect(vmConsole(door.f.context(), { id, protocol: 'vnc' })).rejects.toMatchObject({ code: 'actionRefused' });
    await transact(door.f.db, (work) => vmStateSet(work.tx, id, 'running'));
    const { ticket } = await vmConsole(door.f.context(), { id, protocol: 'vnc' });
    const [kept] = await door.f.db.select().from(schema.consoleTickets);
    expect(JSON.stringify(kept)).not.toContain(ticket);

    const connect = async (given: string, permissions: '*' | Permission[] = '*') =>
      new WebSocket(`${door.origin.replace('https', 'wss')}/v1/console`, ['basalt.console', `ticket.${given}`], {
        ...mtlsClientOptions({
          own: door.gateway,
          ca: door.f.services.ca.certificate,
          expected: `basalt://region/${KEY}/region`,
        }),
        headers: { authorization: await door.authorization(permissions) },
      });
    const outcome = (socket: WebSocket): Promise<string> =>
      new Promise((resolve) => {
        socket.once('open', () => resolve('open'));
        socket.once('unexpected-response', (_request, response) => resolve(String(response.statusCode)));
        socket.once('error', (error) => resolve(error.message));
      });
    expect(await outcome(await connect(ticket, ['vm:read']))).toBe('403');
    const socket = await connect(ticket);
    expect(await outcome(socket)).toBe('open');
    const echo = new Promise<string>((resolve) => socket.once('message', (data: Buffer) => resolve(data.toString())));
    socket.send('RFB');
    expect(await echo).toBe('RFB');
    expect(paths).toEqual([`/sim/h1/v1/console/${id}/vnc`]);
    expect(await outcome(await connect(ticket))).toBe('403');
    socket.terminate();
    sockets.close();
    agent.closeAllConnections();
    await new Promise((resolve) => agent.close(resolve));
  });
});
