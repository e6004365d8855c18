/**
 * This host as a chassis of OVN: settings in the Open_vSwitch row, from which ovn-controller builds `br-int` and tunnels,
 * and the bridges of the provider networks. Only keys named here are touched.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { namedUuid, openVswitch, type OpenVswitchTables, OvsdbClient } from '@basalt/ovsdb';
import type { ChassisSpec } from '@basalt/contract/agent/index';
import type { CallLimit, Chassis } from '../../host.types.ts';

export interface OvsChassisOptions {
  /** `unix:/run/openvswitch/db.sock`. */
  readonly endpoint: string;
  readonly hostName: string;
  readonly datapath: 'userspace' | 'kernel';
  /** Tunnel end of this host, where the region leaves it to the host. */
  readonly encapIp: string | null;
  /** Provider network → bridge, likewise. */
  readonly bridgeMappings: Readonly<Record<string, string>>;
}

type Client = OvsdbClient<OpenVswitchTables>;

const CHASSIS_KEYS = [
  'system-id',
  'hostname',
  'ovn-remote',
  'ovn-encap-type',
  'ovn-encap-ip',
  'ovn-bridge-mappings',
  'ovn-bridge-datapath-type',
] as const;
/** ovn-controller makes it by itself, under this name unless told otherwise. */
const INTEGRATION_BRIDGE = 'br-int';

const mappingText = (mappings: Readonly<Record<string, string>>): string =>
  Object.entries(mappings)
    .map(([network, bridge]) => `${network}:${bridge}`)
    .toSorted()
    .join(',');

const run = promisify(execFile);

async function toolVersion(): Promise<string> {
  const { stdout } = await run('ovs-vswitchd', ['--version'], { timeout: 3000 });
  return /\) ([\d.]+)/u.exec(stdout)?.[1] ?? 'unknown';
}

export class OvsChassis implements Chassis {
  readonly #options: OvsChassisOptions;
  #client: Client | undefined;
  #toolVersion: string | undefined;

  constructor(options: OvsChassisOptions) {
    this.#options = options;
  }

  get bridgeMappings(): Readonly<Record<string, string>> {
    return this.#options.bridgeMappings;
  }

  async ensure(spec: ChassisSpec, { signal }: CallLimit): Promise<boolean> {
    const { hostName, datapath, encapIp, bridgeMappings } = this.#options;
    const wantedEncap = spec.encapIp ?? encapIp;
    if (wantedEncap === null) throw new Error('neither the region nor this host says where tunnels end');
    const mappings = spec.bridgeMappings ?? bridgeMappings;
    const wanted: Record<(typeof CHASSIS_KEYS)[number], string> = {
      'system-id': spec.systemId,
      hostname: hostName,
      'ovn-remote': spec.ovnRemote,
      'ovn-encap-type': spec.encapType,
      'ovn-encap-ip': wantedEncap,
      'ovn-bridge-mappings': mappingText(mappings),
      'ovn-bridge-datapath-type': datapath === 'userspace' ? 'netdev' : 'system',
    };
    const bridges = await this.#bridgesEnsure(Object.values(mappings), signal);
    return (await this.#externalIdsEnsure(wanted, signal)) || bridges;
  }

  async remove({ signal }: CallLimit): Promise<boolean> {
    const client = this.#connected();
    const { ops } = client;
    const [open, found] = await client.transact(
      [ops.select('Open_vSwitch', []), ops.select('Bridge', [['name', '==', INTEGRATION_BRIDGE]])],
      { signal },
    );
    const root = ops.rows('Open_vSwitch', open)[0];
    if (!root) return false;
    const keys = CHASSIS_KEYS.filter((key) => key in root.external_ids);
    const [bridge] = ops.rows('Bridge', found);
    if (keys.length === 0 && !bridge) return false;
    // ovn-controller first loses its remote, else it would make the bridge anew
    const where: [['_uuid', '==', typeof root._uuid]] = [['_uuid', '==', root._uuid]];
    await client.transact([ops.mutate('Open_vSwitch', where, [['external_ids', 'delete-keys', keys]])], { signal });
    if (bridge)
      await client.transact(
        [
          ops.mutate('Open_vSwitch', where, [
            ['bridges', 'delete', [bridge._uuid]],
            ['next_cfg', '+=', 1],
          ]),
        ],
        { signal },
      );
    return true;
  }

  /** Version of Open vSwitch; null when it does not answer. */
  async version(signal: AbortSignal): Promise<string | null> {
    try {
      const client = this.#connected();
      const [result] = await client.transact([client.ops.select('Open_vSwitch', [])], { signal, timeoutMs: 2000 });
      const row = client.ops.rows('Open_vSwitch', result)[0];
      if (!row) return null;
      // The daemon's start script writes it; whoever starts the daemon otherwise leaves it empty.
      return row.ovs_version ?? (this.#toolVersion ??= await toolVersion());
    } catch {
      return null;
    }
  }

  async close(): Promise<void> {
    await this.#client?.close();
  }

  #connected(): Client {
    this.#client ??= new OvsdbClient({ endpoints: [this.#options.endpoint], schema: openVswitch });
    return this.#client;
  }

  async #externalIdsEnsure(wanted: Readonly<Record<string, string>>, signal: AbortSignal): Promise<boolean> {
    const client = this.#connected();
    const { ops } = client;
    const [result] = await client.transact([ops.select('Open_vSwitch', [])], { signal });
    const row = ops.rows('Open_vSwitch', result)[0];
    if (!row) throw new Error('Open vSwitch has no configuration row; is its database initialised?');
    const differing = Object.keys(wanted).filter((key) => row.external_ids[key] !== wanted[key]);
    if (differing.length === 0) return false;
    await client.transact(
      [
        ops.mutate(
          'Open_vSwitch',
          [['_uuid', '==', row._uuid]],
          [
            ['external_ids', 'delete-keys', differing],
            ['external_ids', 'insert', Object.fromEntries(differing.map((key) => [key, wanted[key] ?? '']))],
          ],
        ),
      ],
      { signal },
    );
    return true;
  }

  /** Makes the bridges that are missing. What a bridge is connected to is the installer's business, not ours. */
  async #bridgesEnsure(names: readonly string[], signal: AbortSignal): Promise<boolean> {
    const client = this.#connected();
    const { ops } = client;
    const [open, found] = await client.transact([ops.select('Open_vSwitch', []), ops.select('Bridge', [])], { signal });
    const root = ops.rows('Open_vSwitch', open)[0];
    if (!root) throw new Error('Open vSwitch has no configuration row; is its database initialised?');
    const present = new Set(ops.rows('Bridge', found).map(({ name }) => name));
    const missing = [...new Set(names)].filter((name) => !present.has(name));
    if (missing.length === 0) return false;
    const operations = missing.flatMap((name, index) => {
      const [nic, port, bridge] = [namedUuid(`i${index}`), namedUuid(`p${index}`), namedUuid(`b${index}`)];
      return [
        ops.insert('Interface', { name, type: 'internal' }, nic),
        ops.insert('Port', { name, interfaces: [nic] }, port),
        ops.insert(
          'Bridge',
          {
            name,
            ports: [port],
            datapath_type: this.#options.datapath === 'userspace' ? 'netdev' : 'system',
            fail_mode: 'standalone',
          },
          bridge,
        ),
        ops.mutate(
          'Open_vSwitch',
          [['_uuid', '==', root._uuid]],
          [
            ['bridges', 'insert', [bridge]],
            ['next_cfg', '+=', 1],
          ],
        ),
      ];
    });
    await client.transact(operations, { signal });
    return true;
  }
}
