import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CephAccess, confText } from '../src/drivers/ceph/storage-access.ts';
import { bootMarker } from '../src/drivers/host/boot-marker.ts';
import { cpuListParse, machineRead, meminfoParse } from '../src/drivers/host/machine.ts';
import { hostInventory } from '@basalt/contract';
import { vmMetricsAdd } from '../src/drivers/libvirt/vm-metrics.ts';
import { reasonOf, stateOf } from '../src/drivers/libvirt/state-names.ts';
import { Exposition } from '../src/exposition.ts';
import { SimStorage } from '../src/sim/sim-storage.ts';

let directory = '';
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'agent-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));
const limit = { signal: new AbortController().signal };

const spec = {
  fsid: '5fa3502e-389b-4b48-884e-8c9a17a47452',
  monHosts: ['10.0.0.1', '10.0.0.2'],
  user: 'basalt',
  key: 'AQB1c2VyAAAAABAAc2VjcmV0c2VjcmV0c2VjcmU=',
  secretId: '6f2a4a3e-6a55-4a0e-9a43-0d4c8a6f0b11',
};

test('[STO-01] the storage’s key stands in the keyring only, and the access outlives the agent', async () => {
  const open = () => new SimStorage();
  const dirs = { configDir: join(directory, 'ceph'), stateDir: directory, open };
  const access = new CephAccess(dirs);
  expect(access.storage()).toBeNull();
  expect(await access.ensure(spec, limit)).toBe(true);
  expect(await access.ensure(spec, limit)).toBe(false);
  const keyring = join(directory, 'ceph', 'basalt.client.basalt.keyring');
  expect(statSync(keyring).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(directory, 'storage.json'), 'utf8')).not.toContain(spec.key);
  expect(confText(spec, keyring)).not.toContain(spec.key);
  const again = new CephAccess(dirs);
  expect(again.storage()).not.toBeNull();
  expect(again.secret()).toEqual({ secretId: spec.secretId, user: 'basalt', key: spec.key });
  await expect(access.ensure({ ...spec, monHosts: ['a\n[global]'] }, limit)).rejects.toThrow();
  await expect(access.ensure({ ...spec, key: 'a\ncaps' }, limit)).rejects.toThrow();
});

test('[HOST-01] a boot is known by its mark until the host’s /run is new', () => {
  const first = bootMarker(join(directory, 'run'));
  expect(bootMarker(join(directory, 'run'))).toEqual(first);
  rmSync(join(directory, 'run'), { recursive: true });
  expect(bootMarker(join(directory, 'run')).id).not.toBe(first.id);
});

test('[HOST-01] this machine’s inventory has the contract’s shape', async () => {
  const rest = {
    virtualisation: 'tcg',
    hypervisor: '7.2.22',
    libvirt: '9.0.0',
    ovs: null,
    agent: '0.1.0',
    timeSynchronised: null,
  };
  const found = hostInventory.parse({ ...(await machineRead()), ...rest });
  expect(found.threads).toBeGreaterThan(0);
  expect(found.memory).toBeGreaterThan(0);
  expect(cpuListParse('0-3,8')).toEqual([0, 1, 2, 3, 8]);
  expect(meminfoParse('MemTotal:       16 kB\nMemFree: 3 kB\n')).toEqual({ MemTotal: 16_384, MemFree: 3072 });
});

test('[MON-03] series carry their labels, escaped, and what is not known is left out', () => {
  const out = new Exposition({ host: 'a"b\\' });
  const stats = {
    'cpu.time': 2e9,
    'vcpu.current': 2,
    'balloon.current': 1024,
    'block.count': 1,
    'block.0.name': 'vda',
    'block.0.rd.bytes': 5,
    'net.count': 0,
  };
  vmMetricsAdd(out, [{ domain: { uuid: 'u', name: 'vm-u', id: 1 }, stats }], new Map([['u', 3000]]));
  const text = out.text();
  expect(text).toContain(String.raw`basalt_vm_cpu_seconds_total{host="a\"b\\",vm="u"} 2`);
  expect(text).toContain('basalt_vm_disk_read_bytes_total{');
  expect(text).toContain('device="vda"} 5');
  expect(text).toContain('basalt_vm_start_time_seconds{');
  expect(text).not.toContain('NaN');
  expect(text).not.toContain('network');
  expect(text.endsWith('\n')).toBe(true);
});

test('[VM-25] libvirt’s numbers have libvirt’s names', () => {
  expect(reasonOf('shutoff', 1)).toBe('shutdown');
  expect(reasonOf('shutoff', 2)).toBe('destroyed');
  expect(reasonOf('paused', 5)).toBe('ioerror');
  expect(reasonOf('running', 99)).toBe('unknown');
  expect(stateOf('nostate')).toBe('running');
});
