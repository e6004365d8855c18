/** The contract, served by simulated hosts over real TLS: what a real host does apart from its drivers. */
import { request } from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { agentEvent, type AgentEvent } from '@basalt/contract/agent/index';
import { identityCreate } from '@basalt/service/pki';
import { Simulator } from '../src/sim/simulator.ts';
import { simTimingInstant } from '../src/sim/sim-timing.ts';
import { poll } from './poll.ts';
import { RegionFake } from './region-fake.ts';
import { diskOf, domainOf, head, newVm, ofVm } from './specs.ts';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
let region: RegionFake;
let simulator: Simulator;
type Dial = ReturnType<RegionFake['client']>;
let one: Dial;
let two: Dial;

const hostIdOf = (name: string): string => region.enrolled.find(({ body }) => body['hostName'] === name)?.hostId ?? '';
const tokenFor = (hostName: string) => ({
  hostName,
  token: region.token(),
  endpoint: region.url,
  caFingerprint: region.fingerprint,
});

beforeAll(async () => {
  region = await RegionFake.open();
  simulator = new Simulator({ port: 0, stateDir: null, timing: simTimingInstant, log: quiet });
  await simulator.start(['sim-1', 'sim-2'].map(tokenFor));
  one = region.client(simulator.base(0), hostIdOf('sim-1'));
  two = region.client(simulator.base(1), hostIdOf('sim-2'));
});
afterAll(async () => {
  await Promise.all([one.dispatcher.destroy(), two.dispatcher.destroy()]);
  await simulator.close();
  await region.close();
});

const refusal = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'done',
    (error: { code?: string }) => error.code ?? 'unknown',
  );

async function eventsAfter(
  dial: Dial,
  base: string,
  after: number,
  until: (all: AgentEvent[]) => boolean,
): Promise<AgentEvent[]> {
  const { body } = await request(`${base}/v1/events?after=${after}`, { dispatcher: dial.dispatcher });
  const all: AgentEvent[] = [];
  let text = '';
  for await (const chunk of body) {
    text += String(chunk);
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) if (line !== '') all.push(agentEvent.parse(JSON.parse(line)));
    if (until(all)) break;
  }
  return all;
}

async function made(dial: Dial, vm = newVm()) {
  const { client } = dial;
  await client.disk.ensure({ ...ofVm(vm), disk: diskOf(vm) });
  await client.domain.ensureDefined({ ...ofVm(vm), domain: domainOf(vm) });
  return vm;
}

test('[HOST-01] facts name the host, its capacity and its checks', async () => {
  const facts = await one.client.host.facts({});
  expect(facts).toMatchObject({ hostId: hostIdOf('sim-1'), hostName: 'sim-1', providerNetworks: ['physnet1'] });
  expect(facts.inventory.threads).toBe(64);
  expect(facts.checks.map(({ key }) => key)).toContain('virtualisation');
  expect(region.enrolled.map(({ body }) => String(body['path'])).toSorted()).toEqual(['/sim/0', '/sim/1']);
});

test('[VM-26] a VM runs, pauses, resumes and stops; `changed` tells the truth', async () => {
  const { client } = one;
  const vm = newVm();
  expect(await client.disk.ensure({ ...ofVm(vm), disk: diskOf(vm) })).toEqual({ changed: true, size: 64 * 2 ** 20 });
  expect(await client.disk.ensure({ ...ofVm(vm), disk: diskOf(vm) })).toMatchObject({ changed: false });
  const domain = domainOf(vm);
  expect(await client.domain.ensureDefined({ ...ofVm(vm), domain })).toMatchObject({
    changed: true,
    domain: { state: 'shutoff' },
  });
  expect(await client.domain.ensureDefined({ ...ofVm(vm), domain })).toMatchObject({ changed: false });
  expect(await client.domain.ensureRunning(ofVm(vm))).toMatchObject({
    changed: true,
    domain: { state: 'running', reason: 'booted' },
  });
  expect(await client.domain.ensureRunning(ofVm(vm))).toMatchObject({ changed: false });
  expect(await client.domain.ensurePaused(ofVm(vm))).toMatchObject({ changed: true, domain: { state: 'paused' } });
  expect(await refusal(client.domain.requestShutdown(ofVm(vm)))).toBe('agentRefused');
  expect(await client.domain.ensureResumed(ofVm(vm))).toMatchObject({ domain: { state: 'running' } });
  expect(await refusal(client.disk.ensureAbsent({ ...ofVm(vm), at: diskOf(vm).at }))).toBe('imageHasWatchers');
  await client.domain.requestShutdown(ofVm(vm));
  await poll('the guest is off', 2000, async () => (await client.domain.get({ vmId: vm })).domain?.state === 'shutoff');
  expect(await client.domain.ensureOff(ofVm(vm))).toMatchObject({ changed: false });
  expect(await client.domain.ensureAbsent(ofVm(vm))).toEqual({ changed: true });
  expect(await client.domain.get({ vmId: vm })).toEqual({ domain: null });
  expect(await client.disk.ensureAbsent({ ...ofVm(vm), at: diskOf(vm).at })).toEqual({ changed: true });
  expect(await client.disk.ensureAbsent({ ...ofVm(vm), at: diskOf(vm).at })).toEqual({ changed: false });
});

test('[TASK-02] an operation id runs once: same answer, and another input under it is refused', async () => {
  const vm = await made(one);
  const call = ofVm(vm);
  const [first, second] = await Promise.all([
    one.client.domain.ensureRunning(call),
    one.client.domain.ensureRunning(call),
  ]);
  expect(first.changed).toBe(true);
  expect(second).toEqual(first);
  await one.client.domain.ensureOff(ofVm(vm));
  // Delivered late: answered from the record, not done again.
  expect(await one.client.domain.ensureRunning(call)).toEqual(first);
  expect((await one.client.domain.get({ vmId: vm })).domain?.state).toBe('shutoff');
  expect(await refusal(one.client.domain.ensureRunning({ ...call, epoch: 2 }))).toBe('agentRefused');
  expect(await refusal(one.client.domain.ensureOff(call))).toBe('agentRefused');
});

test('[HA-02] an older epoch is refused, also when nothing else changed', async () => {
  const vm = await made(one);
  await one.client.domain.ensureRunning(ofVm(vm, 5));
  expect(await refusal(one.client.domain.ensureOff(ofVm(vm, 4)))).toBe('staleEpoch');
  expect((await one.client.domain.get({ vmId: vm })).domain).toMatchObject({ state: 'running', epoch: 5 });
});

test('[HA-02] an image that another host has open is not started', async () => {
  const vm = await made(one);
  await one.client.domain.ensureRunning(ofVm(vm));
  await two.client.domain.ensureDefined({ ...ofVm(vm), domain: domainOf(vm) });
  expect(await refusal(two.client.domain.ensureRunning(ofVm(vm)))).toBe('imageHasWatchers');
  await one.client.domain.ensureOff(ofVm(vm));
  expect(await two.client.domain.ensureRunning(ofVm(vm))).toMatchObject({ changed: true });
});

test('[TASK-03] a deadline that has passed, and one that passes, are time-outs', async () => {
  const vm = await made(one);
  expect(await refusal(one.client.domain.ensureRunning(ofVm(vm, 1, -1)))).toBe('agentTimedOut');
  simulator.host('sim-1')?.faults.arm('domain.ensureRunning', { kind: 'hang' });
  expect(await refusal(one.client.domain.ensureRunning(ofVm(vm, 1, 800)))).toBe('agentTimedOut');
  expect((await one.client.domain.get({ vmId: vm })).domain?.state).toBe('shutoff');
});

test('[TASK-03] a lost answer is given again under the same id; a failure may be tried again', async () => {
  const vm = await made(one);
  const { faults } = simulator.host('sim-1') ?? {};
  faults?.arm('domain.ensureRunning', { kind: 'loseAnswer' });
  const call = ofVm(vm, 1, 800);
  expect(await refusal(one.client.domain.ensureRunning(call))).toBe('agentTimedOut');
  expect(await one.client.domain.ensureRunning(call)).toMatchObject({ changed: true, domain: { state: 'running' } });
  faults?.arm('domain.ensureOff', {
    kind: 'fail',
    code: 'hostOperationFailed',
    params: { host: 'sim-1', reason: 'test' },
  });
  const off = ofVm(vm);
  expect(await refusal(one.client.domain.ensureOff(off))).toBe('hostOperationFailed');
  expect(await one.client.domain.ensureOff(off)).toMatchObject({ changed: true });
});

test('[VM-25] a guest that powers itself off is told as an event; reading on from a number loses nothing', async () => {
  const vm = await made(one);
  const { sequence } = await one.client.host.facts({});
  await one.client.domain.ensureRunning(ofVm(vm));
  simulator.host('sim-1')?.hypervisor.guestEnd(vm, 'shutdown');
  const seen = await eventsAfter(one, simulator.base(0), sequence, (all) =>
    all.some((e) => e.type === 'domain' && e.domain.state === 'shutoff'),
  );
  const states = seen.flatMap((e) =>
    e.type === 'domain' && e.domain.vmId === vm ? [`${e.cause}:${e.domain.state}`] : [],
  );
  expect(states).toEqual(['started:running', 'stopped:shutoff']);
  const [resync] = await eventsAfter(one, simulator.base(0), 5, (all) => all.length > 0);
  expect(resync?.type).toBe('resync');
});

test('[VM-24] what the guest agent says comes as an event', async () => {
  const vm = await made(two);
  const { sequence } = await two.client.host.facts({});
  await two.client.domain.ensureRunning(ofVm(vm));
  const isOurs = (e: AgentEvent): boolean => e.type === 'guest' && e.vmId === vm;
  const seen = await eventsAfter(two, simulator.base(1), sequence, (all) => all.some(isOurs));
  expect(seen.find(isOurs)).toMatchObject({ guest: { agent: 'running' } });
});

test('[REG-02] nobody but the region is answered, and a host is known by its own certificate', async () => {
  const gateway = await identityCreate(region.ca, {
    commonName: 'gateway',
    uri: 'basalt://region/r1/gateway',
    hours: 1,
  });
  const asGateway = region.client(simulator.base(0), hostIdOf('sim-1'), gateway);
  const wrongHost = region.client(simulator.base(0), '00000000-0000-4000-8000-000000000000');
  try {
    expect(await refusal(asGateway.client.host.facts({}))).toBe('agentUnreachable');
    expect(await refusal(wrongHost.client.host.facts({}))).toBe('agentUnreachable');
    const { statusCode } = await request(`${simulator.base(0)}/metrics`, { dispatcher: asGateway.dispatcher });
    expect(statusCode).toBe(403);
  } finally {
    await Promise.all([asGateway.dispatcher.destroy(), wrongHost.dispatcher.destroy()]);
  }
});

test('[HOST-03] chassis and storage access are taken once', async () => {
  const chassis = {
    systemId: hostIdOf('sim-1') as never,
    ovnRemote: 'tcp:10.0.0.1:6642',
    encapType: 'geneve' as const,
    encapIp: null,
    bridgeMappings: null,
  };
  expect(await one.client.host.ensureChassis({ ...head(), chassis })).toEqual({ changed: true });
  expect(await one.client.host.ensureChassis({ ...head(), chassis })).toEqual({ changed: false });
});
