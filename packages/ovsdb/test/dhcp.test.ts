import { describe, expect, it } from 'vitest';
import { InvalidValueError } from '../src/index.ts';
import { dhcpV4Options, dhcpV6Options, type DhcpV4Spec } from '../src/nb/dhcp.ts';

const base: DhcpV4Spec = {
  id: 'd',
  cidr: '10.1.0.0/24',
  serverAddress: '10.1.0.1',
  serverMac: '02:00:00:00:00:01',
  leaseSeconds: 3600,
};

describe('DHCP options', () => {
  it('[NET-03] writes every option as OVN wants it, with the default route among the routes', () => {
    const options = dhcpV4Options({
      ...base,
      router: '10.1.0.1',
      dns: ['10.1.0.2', '1.1.1.1'],
      ntp: ['10.1.0.3'],
      mtu: 1442,
      domain: 'VPC.local',
      searchDomains: ['vpc.local', 'example.org'],
      routes: [{ destination: '169.254.169.254/32', nextHop: '10.1.0.2' }],
    });
    expect(options).toEqual({
      server_id: '10.1.0.1',
      server_mac: '02:00:00:00:00:01',
      lease_time: '3600',
      router: '10.1.0.1',
      dns_server: '{10.1.0.2, 1.1.1.1}',
      ntp_server: '10.1.0.3',
      mtu: '1442',
      domain_name: '"vpc.local"',
      domain_search_list: '"vpc.local,example.org"',
      classless_static_route: '{169.254.169.254/32,10.1.0.2, 0.0.0.0/0,10.1.0.1}',
    });
    expect(
      dhcpV6Options({ id: 'd', cidr: 'fd00::/64', serverMac: '02:00:00:00:00:01', searchDomains: ['a.b'] }),
    ).toEqual({
      server_id: '02:00:00:00:00:01',
      domain_search: '"a.b"',
    });
  });

  it('[NET-03] refuses what OVN would swallow', () => {
    const bad: Partial<DhcpV4Spec>[] = [
      { cidr: '10.1.0.5/24' },
      { cidr: 'fd00::/64' },
      { router: '10.2.0.1' },
      { serverAddress: '10.9.0.1' },
      { serverMac: '02-00-00-00-00-01' },
      { dns: ['fe80::1'] },
      { dns: ['1.1.1.1, router=6.6.6.6'] },
      { domain: 'a"b' },
      { searchDomains: ['a,b'] },
      { leaseSeconds: 1.5 },
      { mtu: 100_000 },
      { routes: [{ destination: '10.0.0.1/8', nextHop: '10.1.0.2' }] },
    ];
    for (const change of bad) {
      expect(() => dhcpV4Options({ ...base, ...change }), JSON.stringify(change)).toThrow(InvalidValueError);
    }
  });
});
