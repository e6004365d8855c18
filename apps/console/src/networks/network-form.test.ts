import { networkInput } from '@basalt/contract';
import { expect, test } from 'vitest';
import { emptyNetwork, firstAddress, networkFieldOf, networkInputOf, subnetRoom } from './network-form.ts';

test('[NET-02] the gateway starts as the first address of the subnet, whatever address of it was typed', () => {
  expect(firstAddress('192.168.10.0/24')).toBe('192.168.10.1');
  expect(firstAddress(' 10.0.7.130/25 ')).toBe('10.0.7.129');
  expect(firstAddress('200.0.0.0/8')).toBe('200.0.0.1');
  for (const text of ['', '10.0.0', '10.0.0.0/31', '10.0.0.256/24', '10.0.0.0/33']) {
    expect(firstAddress(text), text).toBeUndefined();
  }
});

test('[NET-02] the room of a subnet leaves out network, broadcast and gateway', () => {
  expect(subnetRoom('10.0.0.0/24', '10.0.0.1')).toBe(253);
  expect(subnetRoom('10.0.0.0/24', '')).toBe(254);
  expect(subnetRoom('10.0.0', '')).toBeUndefined();
});

test('[NET-01] a filled form is what the contract takes', () => {
  const input = networkInput.parse(
    networkInputOf({
      ...emptyNetwork,
      name: ' office ',
      uplink: 'physnet1',
      vlan: 120,
      cidr: '10.0.0.0/24',
      gateway: '10.0.0.1',
      dns: '10.0.0.2, 10.0.0.3',
      excluded: '10.0.0.10-10.0.0.19\n10.0.0.30',
      routes: '10.9.0.0/16 10.0.0.254\n10.8.0.0/16 via 10.0.0.254',
      leaseHours: 0.5,
    }),
  );
  expect(input.name).toBe('office');
  expect(input.subnet).toEqual({
    cidr: '10.0.0.0/24',
    gateway: '10.0.0.1',
    dns: ['10.0.0.2', '10.0.0.3'],
    excluded: [
      { from: '10.0.0.10', to: '10.0.0.19' },
      { from: '10.0.0.30', to: '10.0.0.30' },
    ],
    dhcp: true,
    leaseTime: 1800,
    routes: [
      { destination: '10.9.0.0/16', nextHop: '10.0.0.254' },
      { destination: '10.8.0.0/16', nextHop: '10.0.0.254' },
    ],
  });
});

test('[NET-01] a network without address management has no subnet', () => {
  expect(networkInputOf({ ...emptyNetwork, managed: false, cidr: 'left over' }).subnet).toBeNull();
});

test('[NET-01] what the contract refuses is shown at the field it was typed in', () => {
  const found = networkInput.safeParse(
    networkInputOf({ ...emptyNetwork, name: 'x', uplink: 'p', vlan: null, cidr: '10.0.0.0/24', excluded: 'ten' }),
  );
  expect(found.error?.issues.map((issue) => networkFieldOf(issue.path.join('.')))).toEqual([
    'vlan',
    'excluded',
    'excluded',
  ]);
  expect(networkFieldOf('subnet.leaseTime')).toBe('leaseHours');
});
