import { expect, test } from 'vitest';
import type { VmId } from '@basalt/contract';
import { newId } from '@basalt/service';
import { cloudInitSeed, type SeedNic, type SeedVm } from './cloud-init.ts';

const vm: SeedVm = { id: newId<VmId>(), hostName: 'web-1', defaultUser: 'debian', sshKeys: [], dns: [] };
const nic = (more: Partial<NonNullable<SeedNic['subnet']>> = {}): SeedNic => ({
  nic: { mac: '52:54:00:00:00:01', address: '10.9.0.10' },
  subnet: { cidr: '10.9.0.0/24', gateway: '10.9.0.1', dns: ['10.9.0.2'], dhcp: false, routes: [], ...more },
});

test('[VM-17] the guest gets its name, its user’s password and keys', () => {
  const { userData } = cloudInitSeed({ ...vm, sshKeys: ['ssh-ed25519 AAAA me@here'] }, [], 'Secret123456');
  expect(userData.split('\n')[0]).toBe('#cloud-config');
  expect(userData).toContain('hostname: "web-1"\n');
  expect(userData).toContain('\npassword: Secret123456\n');
  expect(userData).toContain('    - name: "debian"\n      password: Secret123456\n      type: text\n');
  expect(userData).toContain('ssh_authorized_keys:\n  - "ssh-ed25519 AAAA me@here"\n');
});

test('[VM-16] nothing typed as a password becomes a key of the document', () => {
  for (const hostile of ['a\nruncmd: [reboot]', '"quoted": yes', '- list', '12345678', 'yes', '#comment1']) {
    const { userData } = cloudInitSeed(vm, [], hostile);
    const keys = userData
      .split('\n')
      .map((line) => /^([a-z_]+):/u.exec(line)?.[1])
      .filter((key) => key !== undefined);
    expect(keys).toEqual(['hostname', 'manage_etc_hosts', 'ssh_pwauth', 'password', 'chpasswd']);
    const written =
      userData
        .split('\n')
        .find((line) => line.startsWith('password: '))
        ?.slice(10) ?? '';
    expect(JSON.parse(written)).toBe(hostile);
  }
});

test('[NET-02] with DHCP the network tells the address, without it the seed does, the default route on the first NIC only', () => {
  expect(cloudInitSeed(vm, [nic({ dhcp: true })], null).networkConfig).toContain('    dhcp4: true\n');
  const routes = [{ destination: '10.10.0.0/16', nextHop: '10.9.0.3' }];
  const { networkConfig } = cloudInitSeed({ ...vm, dns: ['1.1.1.1'] }, [nic({ routes }), nic()], null);
  expect(networkConfig.match(/addresses: \[10\.9\.0\.10\/24\]/gu)).toHaveLength(2);
  expect(networkConfig.match(/to: 0\.0\.0\.0\/0/gu)).toHaveLength(1);
  expect(networkConfig).toContain('      - to: 10.10.0.0/16\n        via: 10.9.0.3\n');
  expect(networkConfig).toContain('      addresses: [1.1.1.1]\n');
  expect(networkConfig).not.toContain('dhcp4');
});
