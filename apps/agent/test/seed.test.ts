import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { seedFiles, seedHash, seedRemove, seedWrite } from '../src/drivers/host/seed.ts';

const seed = {
  instanceId: 'i-1',
  hostName: 'web: "1"\n- x',
  userData: '#cloud-config\n{}\n',
  networkConfig: '{"version":2}',
};
let directory = '';
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'seed-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('[VM-17] a host name cannot break out of the metadata', () => {
  const named = (hostName: string): string | undefined => seedFiles({ ...seed, hostName })['meta-data'];
  expect(named('web-1.example')).toBe('instance-id: i-1\nlocal-hostname: web-1.example\n');
  expect(named(seed.hostName)).toBe('instance-id: i-1\nlocal-hostname: "web: \\"1\\"\\n- x"\n');
  expect(named('null')).toBe('instance-id: i-1\nlocal-hostname: "null"\n');
  expect(seedHash(seed)).not.toBe(seedHash({ ...seed, userData: '#cloud-config\n{"a":1}\n' }));
});

test('[VM-17] the ISO is what cloud-init looks for, its owner’s only, written once, and goes', async () => {
  const { signal } = new AbortController();
  expect(await seedWrite(directory, 'vm1', seed, signal)).toBe(true);
  const iso = join(directory, 'vm1.iso');
  expect(statSync(iso).mode & 0o777).toBe(0o600);
  const list = execFileSync('isoinfo', ['-R', '-f', '-i', iso], { encoding: 'utf8' });
  expect(list.trim().split('\n').toSorted()).toEqual(['/meta-data', '/network-config', '/user-data']);
  expect(execFileSync('isoinfo', ['-d', '-i', iso], { encoding: 'utf8' })).toContain('Volume id: cidata');
  expect(await seedWrite(directory, 'vm1', seed, signal)).toBe(false);
  expect(await seedWrite(directory, 'vm1', { ...seed, hostName: 'b' }, signal)).toBe(true);
  expect(readdirSync(directory).toSorted()).toEqual(['vm1.iso', 'vm1.sha256']);
  expect(seedRemove(directory, 'vm1')).toBe(true);
  expect(seedRemove(directory, 'vm1')).toBe(false);
  expect(readdirSync(directory)).toEqual([]);
});
