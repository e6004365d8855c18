import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { fingerprintOf, identityOf } from '@basalt/service/pki';
import { enrol, type EnrolOptions } from '../src/door/enrol.ts';
import { identityRead, identityWrite, type Identity, regionIdentityOf } from '../src/door/identity-store.ts';
import { renewalStart } from '../src/door/renewal.ts';
import { poll } from './poll.ts';
import { RegionFake, type RegionFakeOptions } from './region-fake.ts';

const regions: RegionFake[] = [];
const open = async (options: RegionFakeOptions = {}): Promise<RegionFake> => {
  const region = await RegionFake.open(options);
  regions.push(region);
  return region;
};
afterEach(async () => {
  for (const region of regions.splice(0)) await region.close();
});
const quiet = { info: () => {}, warn: () => {}, error: () => {} };

const asked = (region: RegionFake, token: string, fingerprint = region.fingerprint): EnrolOptions => ({
  region: region.url,
  token,
  caFingerprint: fingerprint,
  hostName: 'host1',
  address: '10.0.0.11',
  port: 7444,
  agentVersion: '0.1.0',
});
const join1 = (region: RegionFake, token: string, fingerprint?: string): Promise<Identity> =>
  enrol(asked(region, token, fingerprint));

test.each([{ chain: true }, { chain: false }])(
  '[HOST-02] a host joins with its token once (authority in the handshake: $chain)',
  async (options) => {
    const region = await open(options);
    const token = region.token();
    const identity = await join1(region, token);
    expect(identityOf(identity.own.certificate)).toBe(`basalt://region/r1/host/${identity.membership.hostId}`);
    expect(regionIdentityOf(identity.own.certificate)).toBe('basalt://region/r1/region');
    expect(region.enrolled[0]?.body).toMatchObject({ hostName: 'host1', path: '' });
    expect(JSON.stringify(region.enrolled[0]?.body)).not.toContain('PRIVATE');
    await expect(join1(region, token)).rejects.toMatchObject({ code: 'enrolTokenInvalid' });
  },
);

test.each(['before', 'after'] as const)(
  '[HOST-02] a host whose connection breaks %s the region has acted joins once, with one key',
  async (when) => {
    const region = await open({ cut: (count) => (count < 3 ? when : null) });
    const directory = mkdtempSync(join(tmpdir(), 'joining-'));
    const waits: number[] = [];
    try {
      const identity = await enrol({
        ...asked(region, region.token()),
        stateDir: directory,
        onRetry: (_, wait) => waits.push(wait),
      });
      expect(waits).toHaveLength(2);
      expect(region.enrolled.map(({ hostId }) => hostId)).toEqual([identity.membership.hostId]);
      const key = createPrivateKey(identity.own.key);
      expect(new X509Certificate(identity.own.certificate).checkPrivateKey(key)).toBe(true);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  },
);

test('[HOST-02] a process that dies before the answer goes on with the same key; the key is forgotten once it has joined', async () => {
  const region = await open({ cut: (count) => (count === 1 ? 'after' : null) });
  const token = region.token();
  const directory = mkdtempSync(join(tmpdir(), 'joining-'));
  try {
    const stateDir = directory;
    await expect(enrol({ ...asked(region, token), stateDir, patienceMs: 0 })).rejects.toThrow();
    expect(statSync(join(directory, 'joining.json')).mode & 0o777).toBe(0o600);
    await expect(enrol(asked(region, token))).rejects.toMatchObject({ code: 'enrolTokenInvalid' });
    const identity = await enrol({ ...asked(region, token), stateDir });
    expect(region.enrolled).toHaveLength(1);
    identityWrite(directory, identity);
    expect(existsSync(join(directory, 'joining.json'))).toBe(false);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

test('[HOST-02] a refusal ends it at once; a region that is not there is waited for as long as there is patience', async () => {
  const region = await open();
  await expect(join1(region, `${region.token()}-not`)).rejects.toMatchObject({ code: 'enrolTokenInvalid' });
  expect(region.asked.filter((path) => path === '/v1/enrol')).toHaveLength(1);
  const token = region.token();
  const joining = asked(region, token);
  const away = region.outage(700);
  const identity = await enrol(joining);
  await away;
  expect(region.enrolled[0]?.hostId).toBe(identity.membership.hostId);
  const stop = new AbortController();
  const nowhere = { ...asked(region, token), region: 'https://127.0.0.1:1' };
  await expect(enrol({ ...nowhere, patienceMs: 300 })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  const stopped = enrol({ ...nowhere, signal: stop.signal, onRetry: () => stop.abort() });
  await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
});

test('[HOST-02] the token is not sent to a region whose authority is not the pinned one', async () => {
  const region = await open();
  const other = await open();
  await expect(join1(region, region.token(), other.fingerprint)).rejects.toThrow(/nothing was sent/u);
  expect(region.asked).not.toContain('/v1/enrol');
  await expect(join1(region, region.token(), 'sha256:12')).rejects.toThrow(/64 hexadecimal/u);
});

test('[HOST-02] key and certificate are kept for their owner only, and read back as they were', async () => {
  const region = await open();
  const identity = await join1(region, region.token());
  const directory = mkdtempSync(join(tmpdir(), 'identity-'));
  try {
    expect(identityRead(directory)).toBeNull();
    identityWrite(directory, identity);
    expect(identityRead(directory)).toEqual(identity);
    expect(statSync(join(directory, 'host.key')).mode & 0o777).toBe(0o600);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

test('[HOST-02] the certificate is renewed when due, for the same host with a new key, also after a failure', async () => {
  const region = await open({ renewAfterMs: 30 });
  const first = await join1(region, region.token());
  const renewed: Identity[] = [];
  const broken = { ...first, membership: { ...first.membership, regionUrl: 'https://127.0.0.1:1' } };
  const warned: object[] = [];
  const stopBroken = renewalStart(broken, {
    stateDir: null,
    log: { ...quiet, warn: (fields) => warned.push(fields) },
    onRenewed: () => renewed.push(broken),
    retryMs: 20,
  });
  const stop = renewalStart(first, { stateDir: null, log: quiet, onRenewed: (one) => renewed.push(one), retryMs: 20 });
  try {
    const [one] = await poll('renewed', 5000, () => (renewed.length > 0 ? renewed : null));
    await poll('tried again', 5000, () => warned.length > 1);
    expect(identityOf(one?.own.certificate ?? '')).toBe(identityOf(first.own.certificate));
    expect(one?.own.key).not.toBe(first.own.key);
    expect(fingerprintOf(one?.ca ?? '')).toBe(region.fingerprint);
    expect(renewed).not.toContain(broken);
  } finally {
    stop();
    stopBroken();
  }
});
