import { afterAll, beforeAll, expect, test } from 'vitest';
import { namedUuid, OvsdbClient, ovnNorthbound, ovnSouthbound, type OvnNorthboundTables } from '@basalt/ovsdb';
import type { HostId, NetworkId, NicId } from '@basalt/contract';
import { newId } from '@basalt/service';
import { startServer, type TestServer } from '../../../../../packages/ovsdb/test/ovsdb-server.ts';
import type { NetworkDriver, NetworkSpec } from './network-driver.ts';
import { ovnNetworkDriver } from './ovn-network-driver.ts';

let server: TestServer;
let southbound: TestServer;
let driver: NetworkDriver;
let raw: OvsdbClient<OvnNorthboundTables>;
beforeAll(async () => {
  server = await startServer();
  const endpoints = [`unix:${server.socket}`];
  southbound = await startServer({ schema: '/usr/share/ovn/ovn-sb.ovsschema' });
  driver = ovnNetworkDriver({ endpoints, southbound: [`unix:${southbound.socket}`], owner: 'lab' });
  raw = new OvsdbClient({ endpoints, schema: ovnNorthbound });
}, 30_000);
afterAll(async () => {
  await driver.close();
  await raw.close();
  await server.stop();
  await southbound.stop();
});

const rows = async (table: 'Logical_Switch' | 'Logical_Switch_Port' | 'DHCP_Options') => {
  const [result] = await raw.transact([raw.ops.select(table, [])]);
  return raw.ops.rows(table, result);
};
const spec = (): NetworkSpec => ({
  id: newId<NetworkId>(),
  name: 'flat',
  uplink: 'physnet1',
  vlan: 100,
  mtu: 1500,
  subnet: {
    cidr: '10.9.0.0/24',
    gateway: '10.9.0.1',
    dns: ['10.9.0.2'],
    dhcp: true,
    dhcpServer: '10.9.0.1',
    leaseTime: 3600,
    routes: [{ destination: '10.10.0.0/16', nextHop: '10.9.0.3' }],
  },
});

test('[NET-01] a flat network is a switch with its VLAN on the uplink; a NIC is a port that nobody can impersonate', async () => {
  const network = spec();
  await driver.networkEnsure(network);
  await driver.networkEnsure(network);
  expect(await rows('Logical_Switch')).toHaveLength(1);
  expect(await rows('DHCP_Options')).toMatchObject([{ cidr: '10.9.0.0/24' }]);
  const localnet = (await rows('Logical_Switch_Port')).find((port) => 'type' in port && port.type === 'localnet');
  expect(localnet).toMatchObject({ tag: 100, options: { network_name: 'physnet1' } });

  const nic = { id: newId<NicId>(), networkId: network.id, mac: '52:54:00:00:00:0a', address: '10.9.0.10', dhcp: true };
  await driver.portEnsure(nic);
  await driver.portEnsure(nic);
  const port = (await rows('Logical_Switch_Port')).find((row) => 'name' in row && row.name === nic.id);
  expect(port).toMatchObject({
    addresses: ['52:54:00:00:00:0a 10.9.0.10'],
    port_security: ['52:54:00:00:00:0a 10.9.0.10'],
  });
  expect(port && 'dhcpv4_options' in port && port.dhcpv4_options).toBeTruthy();
  expect(await driver.portState(nic.id)).toBe('down');
  const owned = await driver.owned();
  expect(owned.networks).toEqual([network.id]);
  expect([...owned.ports]).toEqual([[nic.id, 'down']]);

  expect(await driver.portRemove(nic.id)).toBe(true);
  expect(await driver.portRemove(nic.id)).toBe(false);
  expect(await driver.networkRemove(network.id)).toBe(true);
  expect(await driver.networkRemove(network.id)).toBe(false);
  expect(await rows('Logical_Switch_Port')).toEqual([]);
  expect(await rows('DHCP_Options')).toEqual([]);
});

test('[NET-03] a value OVN would swallow silently is refused before it is sent, as an error of the network', async () => {
  const network = spec();
  await expect(
    driver.networkEnsure({ ...network, subnet: network.subnet && { ...network.subnet, gateway: '10.99.0.1' } }),
  ).rejects.toMatchObject({ code: 'networkFailed' });
  await expect(
    driver.portEnsure({
      id: newId<NicId>(),
      networkId: newId<NetworkId>(),
      mac: '52:54:00:00:00:0b',
      address: null,
      dhcp: false,
    }),
  ).rejects.toMatchObject({ code: 'networkFailed' });
  await driver.networkRemove(network.id);
});

test('[CLU-01] a host that has left is forgotten, its neighbours are not', async () => {
  await using closing = new AsyncDisposableStack();
  const sb = new OvsdbClient({ endpoints: [`unix:${southbound.socket}`], schema: ovnSouthbound });
  closing.defer(() => sb.close());
  const [leaving, staying] = [newId<HostId>(), newId<HostId>()];
  for (const name of [leaving, staying]) {
    const [encap, chassis] = [namedUuid('encap'), namedUuid('chassis')];
    await sb.transact([
      sb.ops.insert(
        'Encap',
        { type: 'geneve', ip: name === leaving ? '10.0.0.1' : '10.0.0.2', chassis_name: name },
        encap,
      ),
      sb.ops.insert('Chassis', { name, hostname: name, encaps: [encap] }, chassis),
      sb.ops.insert('Chassis_Private', { name, chassis }),
    ]);
  }
  expect(await driver.chassisRemove(leaving)).toBe(true);
  expect(await driver.chassisRemove(leaving)).toBe(false);
  const [chassis, own, tunnels] = await sb.transact([
    sb.ops.select('Chassis', []),
    sb.ops.select('Chassis_Private', []),
    sb.ops.select('Encap', []),
  ]);
  expect(sb.ops.rows('Chassis', chassis).map(({ name }) => name)).toEqual([staying]);
  expect(sb.ops.rows('Chassis_Private', own).map(({ name }) => name)).toEqual([staying]);
  expect(sb.ops.rows('Encap', tunnels).map((row) => row.chassis_name)).toEqual([staying]);
});
