/**
 * Logical switch ports. The name of a VM's port is the interface id libvirt writes to OVS; that equality is what binds
 * the port. A port is not a root row: it is inserted together with the reference from its switch, or OVSDB drops it
 * without a word.
 */
import { encodeRow } from '../codec.ts';
import { OvsdbError } from '../errors.ts';
import { type LogicalSwitchPortRow, ovnNorthbound } from '../gen/ovn-nb.ts';
import { namedUuid, type Uuid, type WritableRow } from '../schema.ts';
import { checkAddress, checkInteger, checkMac, checkName } from '../values.ts';
import {
  difference,
  type Ensured,
  insertedUuid,
  marked,
  marks,
  type Northbound,
  retried,
  rowSelect,
  stillAbsent,
  stillThere,
  transact,
  updateOf,
} from './context.ts';

export interface SwitchPortSpec {
  readonly id: string;
  /** Id of the switch, as given to switchEnsure. */
  readonly switchId: string;
  /** Interface id (the `interfaceid` of libvirt's virtualport). Unique in the database. */
  readonly name: string;
  readonly mac: string;
  /** Addresses of the guest, for ARP/ND answers, DHCP and port security. */
  readonly ips: readonly string[];
  /** Let only this MAC and these addresses send (default true). Without addresses only the MAC is bound. */
  readonly portSecurity?: boolean;
  /** Accept frames for any MAC besides (nested guests, networks whose addresses are not managed). */
  readonly unknownAddresses?: boolean;
  /** Id of the DHCP options to answer with, as given to dhcpV4Ensure / dhcpV6Ensure. */
  readonly dhcpV4Id?: string;
  readonly dhcpV6Id?: string;
  /** Carrier of the port (default true). */
  readonly enabled?: boolean;
  /** Chassis that may bind the port: one, or target and source during a migration. */
  readonly requestedChassis?: readonly string[];
  /** Keep the second chassis silent until the guest announces itself there. */
  readonly activationStrategy?: 'rarp';
  readonly externalIds?: Readonly<Record<string, string>>;
}

export interface LocalnetPortSpec {
  readonly id: string;
  readonly switchId: string;
  readonly name: string;
  /** Key of ovn-bridge-mappings on the hosts. */
  readonly networkName: string;
  /** VLAN on the wire; undefined or 0 = untagged. */
  readonly vlan?: number;
  readonly externalIds?: Readonly<Record<string, string>>;
}

type PortRow = WritableRow<LogicalSwitchPortRow>;

async function portEnsure(
  nb: Northbound,
  id: string,
  switchId: string,
  want: PortRow,
  dhcp: { readonly dhcpv4_options?: string | undefined; readonly dhcpv6_options?: string | undefined } = {},
): Promise<Ensured> {
  const { ops } = nb.client;
  return retried(async () => {
    const wanted = Object.entries(dhcp).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const [switches, ports, ...options] = await transact(nb, [
      // Without its ports: a switch may have thousands.
      { ...rowSelect(nb, 'Logical_Switch', switchId), columns: ['_uuid'] },
      rowSelect(nb, 'Logical_Switch_Port', id),
      ...wanted.map(([, optionsId]) => rowSelect(nb, 'DHCP_Options', optionsId)),
    ]);
    const parent = ops.rows('Logical_Switch', switches)[0];
    if (parent === undefined) throw new OvsdbError('not-found', `logical switch ${switchId} does not exist`);
    const row: Record<string, unknown> = { ...want, dhcpv4_options: null, dhcpv6_options: null };
    const references = wanted.map(([column, optionsId], index): Uuid => {
      const uuid = ops.rows('DHCP_Options', options[index])[0]?._uuid;
      if (uuid === undefined) throw new OvsdbError('not-found', `DHCP options ${optionsId} do not exist`);
      row[column] = uuid;
      return uuid;
    });
    const guards = [
      stillThere('Logical_Switch', parent._uuid),
      ...references.map((uuid) => stillThere('DHCP_Options', uuid)),
    ];
    const found = ops.rows('Logical_Switch_Port', ports)[0];
    if (found === undefined) {
      const name = namedUuid('lsp');
      const results = await transact(nb, [
        ...guards,
        stillAbsent(nb, 'Logical_Switch_Port', id),
        {
          op: 'insert',
          table: 'Logical_Switch_Port',
          row: encodeRow(ovnNorthbound.tables.Logical_Switch_Port.columns, row),
          'uuid-name': name.named,
        },
        ops.mutate('Logical_Switch', [['_uuid', '==', parent._uuid]], [['ports', 'insert', [name]]]),
      ]);
      return { uuid: insertedUuid(results[guards.length + 1]), created: true, changed: true };
    }
    const [home] = await transact(nb, [
      {
        ...ops.select('Logical_Switch', [
          ['_uuid', '==', parent._uuid],
          ['ports', 'includes', [found._uuid]],
        ]),
        columns: ['_uuid'],
      },
    ]);
    const moved = home?.rows?.length === 0;
    const changes = difference('Logical_Switch_Port', found, row);
    if (!moved && Object.keys(changes).length === 0) return { uuid: found._uuid, created: false, changed: false };
    await transact(nb, [
      ...guards,
      stillThere('Logical_Switch_Port', found._uuid),
      ...(Object.keys(changes).length > 0 ? [updateOf('Logical_Switch_Port', found._uuid, changes)] : []),
      ...(moved
        ? [
            ops.mutate('Logical_Switch', [['ports', 'includes', [found._uuid]]], [['ports', 'delete', [found._uuid]]]),
            ops.mutate('Logical_Switch', [['_uuid', '==', parent._uuid]], [['ports', 'insert', [found._uuid]]]),
          ]
        : []),
    ]);
    return { uuid: found._uuid, created: false, changed: true };
  });
}

/**
 * Makes a VM's port exist as given, on the given switch (it is moved when it hangs on another).
 * @throws InvalidValueError before anything is sent; OvsdbError `not-found` when switch or DHCP options are missing.
 */
export async function switchPortEnsure(nb: Northbound, spec: SwitchPortSpec): Promise<Ensured> {
  const binding = [checkMac(spec.mac), ...spec.ips.map((ip, index) => checkAddress(ip, `ips[${index}]`))].join(' ');
  const options: Record<string, string> = {};
  if (spec.requestedChassis !== undefined && spec.requestedChassis.length > 0) {
    options['requested-chassis'] = spec.requestedChassis.map((name) => checkName(name, 'requestedChassis')).join(',');
  }
  if (spec.activationStrategy !== undefined) options['activation-strategy'] = spec.activationStrategy;
  return portEnsure(
    nb,
    spec.id,
    spec.switchId,
    {
      name: checkName(spec.name),
      type: '',
      options,
      addresses: spec.unknownAddresses === true ? [binding, 'unknown'] : [binding],
      port_security: (spec.portSecurity ?? true) ? [binding] : [],
      enabled: spec.enabled ?? true,
      external_ids: marks(nb, spec.id, spec.externalIds),
    },
    { dhcpv4_options: spec.dhcpV4Id, dhcpv6_options: spec.dhcpV6Id },
  );
}

/** Makes the port exist that joins a switch to a physical network, on a VLAN or untagged. */
export async function localnetPortEnsure(nb: Northbound, spec: LocalnetPortSpec): Promise<Ensured> {
  const vlan = spec.vlan === undefined ? 0 : checkInteger(spec.vlan, 0, 4094, 'vlan');
  return portEnsure(nb, spec.id, spec.switchId, {
    name: checkName(spec.name),
    type: 'localnet',
    options: { network_name: checkName(spec.networkName, 'networkName') },
    addresses: ['unknown'],
    tag: vlan === 0 ? null : vlan,
    external_ids: marks(nb, spec.id, spec.externalIds),
  });
}

/** Removes a port of either kind from its switch, which deletes it. True when there was one. */
export async function switchPortDelete(nb: Northbound, id: string): Promise<boolean> {
  const { ops } = nb.client;
  const [result] = await transact(nb, [ops.select('Logical_Switch_Port', [marked(nb, id)])]);
  const found = ops.rows('Logical_Switch_Port', result);
  if (found.length === 0) return false;
  await transact(
    nb,
    found.map(({ _uuid }) =>
      ops.mutate('Logical_Switch', [['ports', 'includes', [_uuid]]], [['ports', 'delete', [_uuid]]]),
    ),
  );
  return true;
}

/** Whether the port is bound and up on a chassis, and whether it exists at all. */
export async function switchPortState(nb: Northbound, id: string): Promise<'missing' | 'down' | 'up'> {
  const { ops } = nb.client;
  const [result] = await transact(nb, [ops.select('Logical_Switch_Port', [marked(nb, id)])]);
  const port = ops.rows('Logical_Switch_Port', result)[0];
  if (port === undefined) return 'missing';
  return port.up === true ? 'up' : 'down';
}
