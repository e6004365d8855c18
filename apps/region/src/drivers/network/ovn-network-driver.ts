/**
 * Flat networks on OVN: a switch with a localnet port (the VLAN on the hosts' uplink), DHCP options where it answers DHCP,
 * and one port per NIC. Ids of rows are ours: the network's for the switch, derived ones for what belongs to it.
 */
import {
  dhcpDelete,
  dhcpV4Ensure,
  localnetPortEnsure,
  northbound,
  ovnNorthbound,
  ovnSouthbound,
  OvsdbClient,
  ownedList,
  switchDelete,
  switchEnsure,
  switchPortDelete,
  switchPortEnsure,
  switchPortState,
  type Northbound,
  type OvsdbClientOptions,
  type OvnNorthboundTables,
  type OvnSouthboundTables,
} from '@basalt/ovsdb';
import type { NetworkDriver, NetworkSpec, PortState } from './network-driver.ts';
import { networkFailure } from './network-error.ts';

export interface OvnOptions {
  /** `tcp:address:port` …; several for a cluster. */
  readonly endpoints: readonly string[];
  /** Of the southbound database, where the hosts register. */
  readonly southbound: readonly string[];
  /** Marks our rows, for example the region's key: other rows are never touched. */
  readonly owner: string;
  readonly tls?: OvsdbClientOptions<OvnNorthboundTables>['tls'];
}

const TIMEOUT = 8_000;
const localnetId = (networkId: string): string => `${networkId}:uplink`;
const dhcpId = (networkId: string): string => `${networkId}:dhcp`;

/** The DHCP server's MAC, locally administered and the same for ever: it is part of what guests remember. */
const serverMac = (networkId: string): string => {
  const hex = networkId.replaceAll('-', '').slice(-10);
  return `02:${hex.match(/../gu)?.join(':') ?? '00:00:00:00:01'}`;
};

async function asOurs<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw networkFailure(error);
  }
}

async function networkEnsure(nb: Northbound, spec: NetworkSpec): Promise<void> {
  await switchEnsure(nb, { id: spec.id, name: `net-${spec.id}`, mtu: spec.mtu });
  await localnetPortEnsure(nb, {
    id: localnetId(spec.id),
    switchId: spec.id,
    name: `uplink-${spec.id}`,
    networkName: spec.uplink,
    vlan: spec.vlan,
  });
  const { subnet } = spec;
  if (!subnet?.dhcp) {
    await dhcpDelete(nb, dhcpId(spec.id));
    return;
  }
  await dhcpV4Ensure(nb, {
    id: dhcpId(spec.id),
    cidr: subnet.cidr,
    serverAddress: subnet.dhcpServer,
    serverMac: serverMac(spec.id),
    leaseSeconds: subnet.leaseTime,
    mtu: spec.mtu,
    dns: subnet.dns,
    routes: subnet.routes,
    ...(subnet.gateway === null ? {} : { router: subnet.gateway }),
  });
}

export function ovnNetworkDriver({ endpoints, southbound, owner, tls }: OvnOptions): NetworkDriver {
  const client = new OvsdbClient({ endpoints, schema: ovnNorthbound, ...(tls ? { tls } : {}) });
  const sb = new OvsdbClient({ endpoints: southbound, schema: ovnSouthbound, ...(tls ? { tls } : {}) });
  const nb = northbound(client, { owner, timeoutMs: TIMEOUT });
  return {
    networkEnsure: (spec) => asOurs(networkEnsure(nb, spec)),
    networkRemove: (id) =>
      asOurs(
        (async () => {
          const had = await switchDelete(nb, id);
          return (await dhcpDelete(nb, dhcpId(id))) || had;
        })(),
      ),
    portEnsure: async (spec) => {
      await asOurs(
        switchPortEnsure(nb, {
          id: spec.id,
          switchId: spec.networkId,
          name: spec.id,
          mac: spec.mac,
          ips: spec.address === null ? [] : [spec.address],
          portSecurity: true,
          ...(spec.dhcp ? { dhcpV4Id: dhcpId(spec.networkId) } : {}),
        }),
      );
    },
    portRemove: (id) => asOurs(switchPortDelete(nb, id)),
    chassisRemove: (id) => asOurs(chassisRemove(sb, id)),
    portState: (id) => asOurs(switchPortState(nb, id)),
    owned: () => asOurs(owned(nb)),
    healthy: () =>
      client.connect({ timeoutMs: 2_000 }).then(
        () => client.state.kind === 'connected',
        () => false,
      ),
    close: async () => {
      await Promise.all([client.close(), sb.close()]);
    },
  };
}

/** A chassis is never removed by OVN itself while its controller has only gone silent; the others keep tunnels to it. */
async function chassisRemove(sb: OvsdbClient<OvnSouthboundTables>, name: string): Promise<boolean> {
  const { ops } = sb;
  const results = await sb.transact(
    [ops.delete('Chassis', [['name', '==', name]]), ops.delete('Chassis_Private', [['name', '==', name]])],
    { timeoutMs: TIMEOUT },
  );
  return results.some((result) => (result.count ?? 0) > 0);
}

async function owned(nb: Northbound): ReturnType<NetworkDriver['owned']> {
  const rows = await ownedList(nb);
  const { ops } = nb.client;
  const [result] = await nb.client.transact(
    [ops.select('Logical_Switch_Port', [['external_ids', 'includes', { 'basalt:owner': nb.owner }]])],
    { timeoutMs: nb.timeoutMs },
  );
  const up = new Map(ops.rows('Logical_Switch_Port', result).map((row) => [row.name, row.up === true]));
  return {
    networks: rows.filter((row) => row.table === 'Logical_Switch').map((row) => row.id),
    ports: new Map(
      rows
        .filter((row) => row.table === 'Logical_Switch_Port' && !row.id.includes(':'))
        .map((row): [string, PortState] => [row.id, up.get(row.name) ? 'up' : 'down']),
    ),
  };
}
