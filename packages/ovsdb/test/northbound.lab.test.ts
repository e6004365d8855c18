import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  dhcpDelete,
  dhcpV4Ensure,
  dhcpV6Ensure,
  localnetPortEnsure,
  match,
  meterEnsure,
  type Northbound,
  northbound,
  OvsdbClient,
  OvsdbError,
  ownedList,
  ovnNorthbound,
  portGroupDelete,
  portGroupEnsure,
  portGroupMembersChange,
  portGroupMembersEnsure,
  switchDelete,
  switchEnsure,
  switchPortDelete,
  switchPortEnsure,
  switchPortState,
  type OvnNorthboundTables,
} from '../src/index.ts';
import { eventually, startServer, type TestServer } from './ovsdb-server.ts';

describe('northbound model against a real ovsdb-server', () => {
  let server: TestServer;
  let client: OvsdbClient<OvnNorthboundTables>;
  let nb: Northbound;

  beforeAll(async () => {
    server = await startServer();
    client = new OvsdbClient({ endpoints: [`unix:${server.socket}`], schema: ovnNorthbound });
    await client.connect();
    nb = northbound(client, { owner: 'region-test' });
  });
  afterAll(async () => {
    await client.close();
    await server.stop();
  });

  const port = (id: string, switchId: string) => ({
    id,
    switchId,
    name: `if-${id}`,
    mac: '52:54:00:00:00:0A',
    ips: ['10.1.0.10'],
  });

  it('[NET-01] makes a switch with its VLAN port, and repeating changes nothing', async () => {
    expect(await switchEnsure(nb, { id: 'net-1', name: 'ls-net-1', mtu: 1500 })).toMatchObject({ created: true });
    expect(await switchEnsure(nb, { id: 'net-1', name: 'ls-net-1', mtu: 1500 })).toMatchObject({ changed: false });
    expect(await switchEnsure(nb, { id: 'net-1', name: 'ls-net-1', mtu: 1400 })).toMatchObject({
      created: false,
      changed: true,
    });
    const localnet = { id: 'net-1-uplink', switchId: 'net-1', name: 'ln-net-1', networkName: 'physnet1', vlan: 100 };
    expect(await localnetPortEnsure(nb, localnet)).toMatchObject({ created: true });
    expect(await localnetPortEnsure(nb, localnet)).toMatchObject({ changed: false });
    const [row] = client.ops.rows(
      'Logical_Switch_Port',
      (await client.transact([client.ops.select('Logical_Switch_Port', [['name', '==', 'ln-net-1']])]))[0],
    );
    expect(row).toMatchObject({
      type: 'localnet',
      tag: 100,
      options: { network_name: 'physnet1' },
      addresses: ['unknown'],
    });
    expect(await localnetPortEnsure(nb, { ...localnet, vlan: 0 })).toMatchObject({ changed: true });
  });

  it('[NET-03] gives ports DHCP options that must exist, and moves a port to another switch', async () => {
    await switchEnsure(nb, { id: 'net-2', name: 'ls-net-2' });
    await switchEnsure(nb, { id: 'net-3', name: 'ls-net-3' });
    await expect(switchPortEnsure(nb, { ...port('p1', 'net-2'), dhcpV4Id: 'none' })).rejects.toMatchObject({
      kind: 'not-found',
    });
    await expect(switchPortEnsure(nb, port('p1', 'net-none'))).rejects.toMatchObject({ kind: 'not-found' });
    const v4 = {
      id: 'dhcp4',
      cidr: '10.1.0.0/24',
      serverAddress: '10.1.0.1',
      serverMac: '02:00:00:00:00:01',
      leaseSeconds: 3600,
      router: '10.1.0.1',
      dns: ['10.1.0.2', '1.1.1.1'],
    };
    expect(await dhcpV4Ensure(nb, v4)).toMatchObject({ created: true });
    expect(await dhcpV4Ensure(nb, v4)).toMatchObject({ changed: false });
    expect(await dhcpV6Ensure(nb, { id: 'dhcp6', cidr: 'fd00:2::/64', serverMac: '02:00:00:00:00:01' })).toMatchObject({
      created: true,
    });
    const spec = { ...port('p1', 'net-2'), dhcpV4Id: 'dhcp4', dhcpV6Id: 'dhcp6', requestedChassis: ['chassis1'] };
    const first = await switchPortEnsure(nb, spec);
    expect(first.created).toBe(true);
    expect(await switchPortEnsure(nb, spec)).toMatchObject({ changed: false, uuid: first.uuid });
    expect(await switchPortEnsure(nb, { ...spec, switchId: 'net-3' })).toMatchObject({
      changed: true,
      uuid: first.uuid,
    });
    const cache = await client.monitor({ Logical_Switch: ['name', 'ports'], Logical_Switch_Port: 'all' });
    const home = cache.rows('Logical_Switch').filter((row) => row.ports.includes(first.uuid));
    expect(home.map((row) => row.name)).toEqual(['ls-net-3']);
    expect(cache.get('Logical_Switch_Port', first.uuid)).toMatchObject({
      addresses: ['52:54:00:00:00:0a 10.1.0.10'],
      port_security: ['52:54:00:00:00:0a 10.1.0.10'],
      options: { 'requested-chassis': 'chassis1' },
    });
    expect(await dhcpDelete(nb, 'dhcp6')).toBe(true);
    expect(await switchPortState(nb, 'p1')).toBe('down');
    expect(await switchPortDelete(nb, 'p1')).toBe(true);
    expect(await switchPortDelete(nb, 'p1')).toBe(false);
    expect(await switchPortState(nb, 'p1')).toBe('missing');
    await eventually(() => cache.get('Logical_Switch_Port', first.uuid) === undefined, 'the cache sees the deletion');
  });

  it('[NET-03] makes one port when ten callers ensure it at once', async () => {
    await switchEnsure(nb, { id: 'net-4', name: 'ls-net-4' });
    const results = await Promise.all(Array.from({ length: 10 }, () => switchPortEnsure(nb, port('race', 'net-4'))));
    expect(new Set(results.map((result) => result.uuid)).size).toBe(1);
    expect(results.filter((result) => result.created)).toHaveLength(1);
  });

  it('[SG-01] keeps the rules of a group exactly as given and its members apart', async () => {
    await switchEnsure(nb, { id: 'net-5', name: 'ls-net-5' });
    await switchPortEnsure(nb, { ...port('m1', 'net-5') });
    await switchPortEnsure(nb, { ...port('m2', 'net-5') });
    await meterEnsure(nb, { id: 'acl-log', name: 'acl-log', unit: 'pktps', rate: 5 });
    expect(await meterEnsure(nb, { id: 'acl-log', name: 'acl-log', unit: 'pktps', rate: 5 })).toMatchObject({
      changed: false,
    });
    expect(await meterEnsure(nb, { id: 'acl-log', name: 'acl-log', unit: 'pktps', rate: 9 })).toMatchObject({
      changed: true,
    });
    const rule = (id: string, from: number, to: number) => ({
      id,
      direction: 'to-lport' as const,
      priority: 2000,
      match: match.and(match.outport('@sg_web'), match.tcp.dst.range(from, to)),
      action: 'allow-related' as const,
      log: { name: 'web', severity: 'info' as const, meter: 'acl-log' },
    });
    const acls = [rule('a', 80, 80), rule('b', 8080, 8090)];
    expect(await portGroupEnsure(nb, { id: 'sg', name: 'sg_web', acls })).toMatchObject({ created: true });
    expect(await portGroupEnsure(nb, { id: 'sg', name: 'sg_web', acls })).toMatchObject({ changed: false });
    const changed = [rule('b', 8080, 8099), rule('c', 443, 443)];
    expect(await portGroupEnsure(nb, { id: 'sg', name: 'sg_web', acls: changed })).toMatchObject({ changed: true });
    const cache = await client.monitor({ ACL: 'all', Port_Group: 'all' });
    expect(
      cache
        .rows('ACL')
        .map((acl) => acl.match)
        .toSorted(),
    ).toEqual(['outport == @sg_web && tcp.dst == 443', 'outport == @sg_web && tcp.dst >= 8080 && tcp.dst <= 8099']);
    expect(await portGroupMembersEnsure(nb, 'sg', ['m1', 'm2'])).toEqual({ changed: true });
    expect(await portGroupMembersEnsure(nb, 'sg', ['m2', 'm1'])).toEqual({ changed: false });
    await portGroupMembersChange(nb, 'sg', { remove: ['m1', 'gone'] });
    await eventually(() => cache.rows('Port_Group')[0]?.ports.length === 1, 'one member is left');
    await expect(portGroupMembersChange(nb, 'sg', { add: ['gone'] })).rejects.toMatchObject({ kind: 'not-found' });
    expect(await portGroupDelete(nb, 'sg')).toBe(true);
    await eventually(() => cache.size('ACL') === 0, 'the rules went with their group');
  });

  it('[BYD-13] lists what is ours and never touches what is not', async () => {
    await client.transact([
      client.ops.insert('Logical_Switch', { name: 'by-hand', external_ids: { 'basalt:id': 'net-1' } }),
    ]);
    const before = await ownedList(nb);
    expect(before.map((row) => row.name)).not.toContain('by-hand');
    expect(before.map((row) => row.id)).toContain('net-1');
    for (const row of before.filter(({ table }) => table === 'Logical_Switch')) await switchDelete(nb, row.id);
    const after = await ownedList(nb);
    expect(after.filter(({ table }) => table.startsWith('Logical'))).toEqual([]);
    const [left] = await client.transact([client.ops.select('Logical_Switch', [])]);
    expect(client.ops.rows('Logical_Switch', left).map((row) => row.name)).toEqual(['by-hand']);
  });

  it('[NET-03] turns an error inside a transaction into an OvsdbError and applies nothing', async () => {
    const failing = client.transact([
      client.ops.insert('Logical_Switch', { name: 'half' }),
      client.ops.wait('NB_Global', [], ['nb_cfg'], [{ nb_cfg: 99 }]),
    ]);
    await expect(failing).rejects.toBeInstanceOf(OvsdbError);
    await expect(failing).rejects.toMatchObject({
      kind: 'transaction',
      operation: 1,
      code: 'timed out',
      isConflict: true,
    });
    const [result] = await client.transact([client.ops.select('Logical_Switch', [['name', '==', 'half']])]);
    expect(result?.rows).toEqual([]);
  });
});
