/**
 * The NoCloud seed: who the guest is and how it reaches the network. Every value that came from a user goes through
 * {@link scalar}, so that nothing typed into a form can become a key of the document.
 */
import type { z } from 'zod';
import type { cloudInitSpec } from '@basalt/contract/agent/schemas';
import type { VmRow } from '../store/vm.ts';
import type { NicPart } from './vm-parts.ts';

export type SeedVm = Pick<VmRow, 'id' | 'hostName' | 'defaultUser' | 'sshKeys' | 'dns'>;
export interface SeedNic {
  readonly nic: Pick<NicPart['nic'], 'mac' | 'address'>;
  readonly subnet: Pick<NonNullable<NicPart['subnet']>, 'cidr' | 'gateway' | 'dns' | 'dhcp' | 'routes'> | null;
}

/** A YAML scalar. Plain where it can be mistaken for nothing else (small guests read the file with sed), else quoted as JSON. */
const scalar = (text: string): string => (/^[A-Za-z][A-Za-z0-9]{7,}$/u.test(text) ? text : JSON.stringify(text));
const list = (values: readonly string[]): string => `[${values.join(', ')}]`;

function userData(vm: SeedVm, password: string | null): string {
  const lines = ['#cloud-config', `hostname: ${JSON.stringify(vm.hostName)}`, 'manage_etc_hosts: true'];
  if (vm.defaultUser === 'root') lines.push('disable_root: false');
  if (password !== null) {
    lines.push('ssh_pwauth: true', `password: ${scalar(password)}`, 'chpasswd:', '  expire: false', '  users:');
    lines.push(`    - name: ${JSON.stringify(vm.defaultUser)}`);
    lines.push(`      password: ${scalar(password)}`, '      type: text');
  }
  if (vm.sshKeys.length > 0) {
    lines.push('ssh_authorized_keys:', ...vm.sshKeys.map((key) => `  - ${JSON.stringify(key)}`));
  }
  return `${lines.join('\n')}\n`;
}

function ethernet({ nic, subnet }: SeedNic, index: number, extraDns: readonly string[]): string[] {
  const lines = [`  nic${index}:`, `    match: {macaddress: "${nic.mac}"}`, `    set-name: eth${index}`];
  const dns = extraDns.length > 0 ? extraDns : (subnet?.dns ?? []);
  if (!subnet || subnet.dhcp || nic.address === null) lines.push('    dhcp4: true');
  else {
    const prefix = subnet.cidr.split('/')[1] ?? '24';
    lines.push(`    addresses: [${nic.address}/${prefix}]`);
    const routes = [
      ...(subnet.gateway !== null && index === 0 ? [{ destination: '0.0.0.0/0', nextHop: subnet.gateway }] : []),
      ...subnet.routes,
    ];
    if (routes.length > 0) {
      lines.push('    routes:');
      for (const { destination, nextHop } of routes)
        lines.push(`      - to: ${destination}`, `        via: ${nextHop}`);
    }
  }
  if (dns.length > 0 && (extraDns.length > 0 || !subnet?.dhcp)) {
    lines.push('    nameservers:', `      addresses: ${list(dns)}`);
  }
  return lines;
}

export function cloudInitSeed(
  vm: SeedVm,
  nics: readonly SeedNic[],
  password: string | null,
): z.infer<typeof cloudInitSpec> {
  return {
    instanceId: vm.id,
    hostName: vm.hostName,
    userData: userData(vm, password),
    networkConfig: `${['version: 2', 'ethernets:', ...nics.flatMap((nic, index) => ethernet(nic, index, index === 0 ? vm.dns : []))].join('\n')}\n`,
  };
}
