/** The host's Open vSwitch database as a real server keeps it; no switch runs behind it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hostId } from '@basalt/contract';
import { namedUuid, openVswitch, OvsdbClient, type OpenVswitchTables } from '@basalt/ovsdb';
import { startServer, type TestServer } from '../../../packages/ovsdb/test/ovsdb-server.ts';
import { OvsChassis } from '../src/drivers/ovs/chassis.ts';

let server: TestServer;
let raw: OvsdbClient<OpenVswitchTables>;
let chassis: OvsChassis;
const limit = () => ({ signal: AbortSignal.timeout(10_000) });

beforeAll(async () => {
  server = await startServer({ schema: '/usr/share/openvswitch/vswitch.ovsschema' });
  const endpoint = `unix:${server.socket}`;
  raw = new OvsdbClient({ endpoints: [endpoint], schema: openVswitch });
  // what the machine had before us
  await raw.transact([raw.ops.insert('Open_vSwitch', { external_ids: { rundir: '/run/openvswitch' } })]);
  chassis = new OvsChassis({
    endpoint,
    hostName: 'host1',
    datapath: 'userspace',
    encapIp: '10.0.0.1',
    bridgeMappings: { physnet1: 'br-ex' },
  });
}, 30_000);
afterAll(async () => {
  await chassis.close();
  await raw.close();
  await server.stop();
});

const found = async () => {
  const [root, bridges] = await raw.transact([raw.ops.select('Open_vSwitch', []), raw.ops.select('Bridge', [])]);
  return {
    settings: raw.ops.rows('Open_vSwitch', root)[0]?.external_ids,
    bridges: raw.ops
      .rows('Bridge', bridges)
      .map(({ name }) => name)
      .toSorted(),
  };
};

test('[CLU-01] a host that leaves takes its chassis with it and keeps what was not ours', async () => {
  const spec = {
    systemId: hostId.parse('018f0000-0000-7000-8000-000000000001'),
    ovnRemote: 'tcp:10.0.0.9:6642',
    encapType: 'geneve' as const,
    encapIp: null,
    bridgeMappings: null,
  };
  expect(await chassis.ensure(spec, limit())).toBe(true);
  expect(await chassis.ensure(spec, limit())).toBe(false);
  // ovn-controller's doing
  const bridge = namedUuid('b');
  await raw.transact([
    raw.ops.insert('Bridge', { name: 'br-int' }, bridge),
    raw.ops.mutate('Open_vSwitch', [], [['bridges', 'insert', [bridge]]]),
  ]);
  expect(await found()).toMatchObject({ settings: { 'system-id': spec.systemId }, bridges: ['br-ex', 'br-int'] });

  expect(await chassis.remove(limit())).toBe(true);
  expect(await chassis.remove(limit())).toBe(false);
  expect(await found()).toEqual({ settings: { rundir: '/run/openvswitch' }, bridges: ['br-ex'] });
  expect(await chassis.ensure(spec, limit())).toBe(true);
});
