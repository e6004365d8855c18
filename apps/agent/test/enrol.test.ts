import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { fingerprintOf, identityOf } from '@basalt/service/pki';
import { enrol } from '../src/door/enrol.ts';
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

const join1 = (region: RegionFake, token: string, fingerprint = region.fingerprint): Promise<Identity> =>
  enrol({
    region: region.url,
    token,
    caFingerprint: fingerprint,
    hostName: 'host1',
    address: '10.0.0.11',
    port: 7444,
    agentVersion: '0.1.0',
  });

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
