/** Many simulated hosts join a region that is not always there. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { simStatus } from '../src/sim/sim-members.ts';
import { Simulator } from '../src/sim/simulator.ts';
import { simTimingInstant } from '../src/sim/sim-timing.ts';
import { poll } from './poll.ts';
import { RegionFake } from './region-fake.ts';

const HOSTS = 60;
const names = Array.from({ length: HOSTS }, (_, n) => `sim-${n + 1}`);
const warned: object[] = [];
const log = { info: () => {}, warn: (fields: object) => void warned.push(fields), error: () => {} };
const undo: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const one of undo.splice(0).toReversed()) await one();
});

async function region(cut?: (count: number) => 'before' | 'after' | null): Promise<RegionFake> {
  const made = await RegionFake.open(cut ? { cut } : {});
  undo.push(() => made.close());
  return made;
}
function simulator(stateDir: string | null): Simulator {
  const made = new Simulator({ port: 0, stateDir, timing: simTimingInstant, log });
  undo.push(() => made.close());
  return made;
}
function directory(): string {
  const made = mkdtempSync(join(tmpdir(), 'simulator-'));
  undo.push(() => rmSync(made, { recursive: true, force: true }));
  return made;
}
const tokenOf = (of: RegionFake, hostName: string, token = of.token()) => ({
  hostName,
  token,
  endpoint: of.url,
  caFingerprint: of.fingerprint,
});
const namesIn = (of: RegionFake): string[] => of.enrolled.map(({ body }) => String(body['hostName'])).toSorted();

/** Each host answers at the path that the region was told, as itself. */
async function allServe(of: RegionFake): Promise<void> {
  for (const { hostId, body } of of.enrolled) {
    const { client, dispatcher } = of.client(
      `https://127.0.0.1:${String(body['port'])}${String(body['path'])}`,
      hostId,
    );
    expect(await client.host.facts({})).toMatchObject({ hostId, hostName: body['hostName'] });
    await dispatcher.destroy();
  }
}

test('[HOST-02] sixty hosts join once each while connections break and the region is away for a while', async () => {
  const flaky = await region((count) => (count % 5 === 2 ? 'before' : count % 5 === 4 ? 'after' : null));
  const sim = simulator(null);
  const joining = sim.start(names.map((name) => tokenOf(flaky, name)));
  await poll('half of them', 20_000, () => flaky.enrolled.length >= HOSTS / 2);
  await flaky.outage(600);
  expect(await joining).toBe(HOSTS);
  expect(namesIn(flaky)).toEqual(names.toSorted());
  expect(new Set(flaky.enrolled.map(({ body }) => body['path'])).size).toBe(HOSTS);
  expect(sim.status).toMatchObject({ pending: [], refused: {} });
  expect(warned.length).toBeGreaterThan(10);
  await allServe(flaky);
});

test('[BYD-13] a host that is refused keeps nobody from joining, is told of, and joins with another token', async () => {
  const strict = await region();
  const stateDir = directory();
  const sim = simulator(stateDir);
  const hosts = names.slice(0, 12);
  expect(await sim.start(hosts.map((name, n) => tokenOf(strict, name, n === 4 ? 'x'.repeat(40) : undefined)))).toBe(11);
  const file = join(stateDir, 'status.json');
  const status = await poll('the status', 5_000, () => {
    const said = existsSync(file) ? simStatus.parse(JSON.parse(readFileSync(file, 'utf8'))) : null;
    return said?.joined.length === 11 && said.pending.length === 0 ? said : null;
  });
  expect(Object.keys(status.refused)).toEqual(['sim-5']);
  expect(await sim.join([tokenOf(strict, 'sim-5'), tokenOf(strict, 'sim-6')])).toBe(12);
  expect(sim.status.refused).toEqual({});
  expect(namesIn(strict)).toEqual(hosts.toSorted());
  await allServe(strict);
});

test('[BYD-13] a simulator that ends in the middle of joining goes on where it was: same hosts, same paths, none twice', async () => {
  // answers are lost, so that hosts are known to the region and not to the simulator when it ends
  let lost = 0;
  const flaky = await region((count) => (count % 3 === 0 && lost < 8 ? ((lost += 1), 'after') : null));
  const stateDir = directory();
  const tokens = names.map((name) => tokenOf(flaky, name));
  const first = new Simulator({ port: 0, stateDir, timing: simTimingInstant, log });
  const joining = first.start(tokens);
  await poll('some of them', 20_000, () => flaky.enrolled.length >= 20);
  await first.close();
  await joining;
  expect(first.hosts.length).toBeLessThan(HOSTS);
  const { port } = first;
  const second = new Simulator({ port, stateDir, timing: simTimingInstant, log });
  undo.push(() => second.close());
  expect(await second.start(tokens)).toBe(HOSTS);
  expect(namesIn(flaky)).toEqual(names.toSorted());
  await allServe(flaky);
});
