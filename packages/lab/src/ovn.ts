/**
 * OVN: the central part (northbound and southbound databases, northd) in the root namespace, and on each host OVS
 * with the userspace datapath, a provider bridge that also carries the tunnel address, and ovn-controller.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { commandRun } from './exec.ts';
import { hostFiles, hostName, hostWrap } from './host.ts';
import { type Instance, hostInterface, instanceAddress } from './instance.ts';
import { networkMtu } from './network.ts';
import { order } from './process-order.ts';
import type { ProcessSpecInput } from './supervisor-protocol.ts';

const logToStderr = ['-vconsole:info', '-vsyslog:off', '-vfile:off'];
const nbPort = 6641;
const sbPort = 6642;

export interface OvnEndpoints {
  /** Addresses on the management network, for region and hosts. */
  northbound: string;
  southbound: string;
  /** Unix sockets in the root namespace, for tests and ovn-nbctl. */
  northboundSocket: string;
  southboundSocket: string;
}

export function ovnEndpoints(instance: Instance): OvnEndpoints {
  const address = instanceAddress(instance, 'management');
  return {
    northbound: `tcp:${address}:${nbPort}`,
    southbound: `tcp:${address}:${sbPort}`,
    northboundSocket: `unix:${instance.runtimeDir}/ovn/nb.sock`,
    southboundSocket: `unix:${instance.runtimeDir}/ovn/sb.sock`,
  };
}

/** Makes the databases once. */
export async function ovnCentralPrepare(instance: Instance): Promise<void> {
  const dir = join(instance.labDir, 'ovn');
  mkdirSync(dir, { recursive: true });
  mkdirSync(join(instance.runtimeDir, 'ovn'), { recursive: true });
  for (const kind of ['nb', 'sb']) {
    const file = join(dir, `${kind}.db`);
    if (!existsSync(file)) await commandRun(['ovsdb-tool', 'create', file, `/usr/share/ovn/ovn-${kind}.ovsschema`]);
  }
}

export function ovnCentralSpecs(instance: Instance): ProcessSpecInput[] {
  const run = join(instance.runtimeDir, 'ovn');
  const env = { OVN_RUNDIR: run, OVS_RUNDIR: run };
  const address = instanceAddress(instance, 'management');
  const database = (kind: 'nb' | 'sb', port: number): ProcessSpecInput => ({
    name: `ovn.${kind}`,
    group: 'ovn',
    order: order.ovnDatabase,
    env,
    argv: [
      'ovsdb-server',
      ...logToStderr,
      `--remote=punix:${run}/${kind}.sock`,
      `--remote=ptcp:${port}:${address}`,
      `--unixctl=${run}/${kind}.ctl`,
      join(instance.labDir, 'ovn', `${kind}.db`),
    ],
    ready: { kind: 'socket', path: `${run}/${kind}.sock` },
    afterReady:
      kind === 'nb'
        ? // Gateways notice a dead peer in under a second instead of three.
          [
            ['ovn-nbctl', '--timeout=10', `--db=unix:${run}/nb.sock`, 'init'],
            [
              'ovn-nbctl',
              '--timeout=10',
              `--db=unix:${run}/nb.sock`,
              'set',
              'nb_global',
              '.',
              'options:bfd-min-rx=200',
              'options:bfd-min-tx=100',
              'options:bfd-mult=3',
            ],
          ]
        : [],
  });
  return [
    database('nb', nbPort),
    database('sb', sbPort),
    {
      name: 'ovn.northd',
      group: 'ovn',
      order: order.ovnNorthd,
      env,
      argv: [
        'ovn-northd',
        ...logToStderr,
        `--ovnnb-db=unix:${run}/nb.sock`,
        `--ovnsb-db=unix:${run}/sb.sock`,
        `--unixctl=${run}/northd.ctl`,
      ],
      ready: { kind: 'socket', path: `${run}/northd.ctl` },
    },
  ];
}

/** Makes the host's OVS database once; when the host boots, clears it of its late guests' ports. */
export async function ovsPrepare(instance: Instance, host: number, booting: boolean): Promise<void> {
  const file = hostFiles(instance, host).ovsDb;
  if (!existsSync(file)) await commandRun(['ovsdb-tool', 'create', file, '/usr/share/openvswitch/vswitch.ovsschema']);
  else if (booting) await ovsTransientPortsRemove(instance, host);
}

const interfaceRows = z.tuple([
  z.object({
    rows: z.array(
      z.object({
        name: z.string(),
        external_ids: z.tuple([z.literal('map'), z.array(z.tuple([z.string(), z.string()]))]),
      }),
    ),
  }),
]);
const portRows = z.tuple([
  z.object({ rows: z.array(z.object({ name: z.string(), _uuid: z.tuple([z.literal('uuid'), z.string()]) })) }),
]);

/**
 * Takes the ports of guests (libvirt notes `vm-id` on their interfaces) out of a stopped host's OVS database, as the boot script of
 * a real host does with transient ports: their taps are gone, and new guests would meet their names.
 */
export async function ovsTransientPortsRemove(instance: Instance, host: number): Promise<void> {
  const file = hostFiles(instance, host).ovsDb;
  const tool = (operation: object, verb: string) =>
    commandRun(['ovsdb-tool', verb, file, JSON.stringify(['Open_vSwitch', operation])]);
  const select = async (table: string, columns: string[]): Promise<unknown> =>
    JSON.parse(await tool({ op: 'select', table, where: [], columns }, 'query'));
  const [{ rows: interfaces }] = interfaceRows.parse(await select('Interface', ['name', 'external_ids']));
  const guests = new Set(
    interfaces.filter((one) => one.external_ids[1].some(([key]) => key === 'vm-id')).map((one) => one.name),
  );
  const [{ rows: ports }] = portRows.parse(await select('Port', ['name', '_uuid']));
  const uuids = ports.filter((one) => guests.has(one.name)).map((one) => one._uuid);
  if (uuids.length > 0)
    await tool(
      { op: 'mutate', table: 'Bridge', where: [], mutations: [['ports', 'delete', ['set', uuids]]] },
      'transact',
    );
}

/**
 * OVS and ovn-controller of a host. With `chassis` the host joins OVN under its host name as the lab sets it up;
 * without, ovn-controller waits until the product's agent has written the chassis settings.
 */
export function ovsSpecs(instance: Instance, host: number, chassis: boolean): ProcessSpecInput[] {
  const name = hostName(host);
  const common = { group: name, wrap: hostWrap(instance, host) };
  const socket = '/run/openvswitch/db.sock';
  const vsctl = ['ovs-vsctl', '--timeout=15'];
  const encap = instanceAddress(instance, 'provider', host);
  const external = [
    `hostname=${name}`,
    `system-id=${name}`,
    `ovn-remote=${ovnEndpoints(instance).southbound}`,
    'ovn-encap-type=geneve',
    `ovn-encap-ip=${encap}`,
    'ovn-bridge-mappings=physnet1:br-ex',
    'ovn-bridge-datapath-type=netdev',
    'ovn-monitor-all=true',
  ];
  return [
    {
      ...common,
      name: `${name}.ovsdb`,
      order: order.ovsDatabase,
      argv: [
        'ovsdb-server',
        ...logToStderr,
        `--remote=punix:${socket}`,
        '--unixctl=/run/openvswitch/ovsdb-server.ctl',
        hostFiles(instance, host).ovsDb,
      ],
      ready: { kind: 'socket', path: socket },
      afterReady: [
        [...vsctl, '--no-wait', 'init'],
        [
          ...vsctl,
          '--no-wait',
          'set',
          'Open_vSwitch',
          '.',
          'other_config:n-revalidator-threads=1',
          'other_config:n-handler-threads=1',
        ],
        ...(chassis
          ? [[...vsctl, '--no-wait', 'set', 'Open_vSwitch', '.', ...external.map((one) => `external_ids:${one}`)]]
          : []),
      ],
    },
    {
      ...common,
      name: `${name}.vswitchd`,
      order: order.vswitchd,
      argv: ['ovs-vswitchd', ...logToStderr, `unix:${socket}`, '--unixctl=/run/openvswitch/ovs-vswitchd.ctl'],
      ready: { kind: 'socket', path: '/run/openvswitch/ovs-vswitchd.ctl' },
      // The bridge's own interface is a tap that lives and dies with vswitchd, so its address is set at each start.
      afterReady: [
        [
          ...vsctl,
          '--may-exist',
          'add-br',
          'br-ex',
          '--',
          'set',
          'bridge',
          'br-ex',
          'datapath_type=netdev',
          'fail-mode=standalone',
          '--',
          '--may-exist',
          'add-port',
          'br-ex',
          hostInterface.provider,
          '--',
          'set',
          'interface',
          'br-ex',
          `mtu_request=${networkMtu.provider}`,
        ],
        ['ip', 'addr', 'replace', `${encap}/24`, 'dev', 'br-ex'],
        ['ip', 'link', 'set', 'br-ex', 'up'],
      ],
    },
    {
      ...common,
      name: `${name}.ovn-controller`,
      order: order.ovnController,
      argv: ['ovn-controller', ...logToStderr, `unix:${socket}`],
    },
  ];
}
