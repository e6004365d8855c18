import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cephAccessRead, monHostsOf } from './ceph-access.ts';

describe('access to the storage', () => {
  test('[HOST-02] monitors in every form that ceph.conf has', () => {
    expect(monHostsOf('[v2:10.0.1.1:3300,v1:10.0.1.1:6789] [v2:10.0.1.2:3300,v1:10.0.1.2:6789]')).toEqual([
      '10.0.1.1',
      '10.0.1.2',
    ]);
    expect(monHostsOf('[v2:10.0.1.1:3300/0,v1:10.0.1.1:6789/0],10.0.1.2:6790')).toEqual(['10.0.1.1', '10.0.1.2:6790']);
    expect(monHostsOf('mon1, mon2')).toEqual(['mon1', 'mon2']);
  });

  test('[HOST-02] only the own user’s key is taken, and a missing one is named', () => {
    const directory = mkdtempSync(join(tmpdir(), 'basalt-ceph-'));
    const [conf, keyring] = [join(directory, 'ceph.conf'), join(directory, 'keyring')];
    writeFileSync(conf, '[global]\nfsid = 018f0000-0000-7000-8000-000000000001\nmon host = 10.0.1.1\n');
    writeFileSync(keyring, '[client.admin]\n\tkey = ADMIN\n[client.basalt]\n\tkey = OURS==\n');
    try {
      const files = { conf, keyring, user: 'client.basalt', region: 'lab' };
      expect(cephAccessRead(files)).toMatchObject({ user: 'basalt', key: 'OURS==', monHosts: ['10.0.1.1'] });
      expect(() => cephAccessRead({ ...files, user: 'other' })).toThrow('no key of client.other');
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
