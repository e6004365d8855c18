/**
 * OVSDB (RFC 7047) for Node: a client that survives its servers, types generated from the schemas of OVN's northbound
 * database and of Open vSwitch, idempotent functions for the northbound model, and a match builder that cannot
 * produce a bad match. OVN itself validates next to nothing and reports errors only in its hosts' log files.
 */
export type { CachedRow, MonitorSpec, TableCache, TableChange } from './cache.ts';
export { type ClientState, OvsdbClient, type OvsdbClientOptions } from './client.ts';
export type { CallOptions, ConnectionOptions } from './connection.ts';
export { type Endpoint, formatEndpoint, parseEndpoint, type TlsOptions } from './endpoint.ts';
export { InvalidValueError, OvsdbError, type OvsdbErrorKind } from './errors.ts';
export * as ovnNorthboundRows from './gen/ovn-nb.ts';
export { ovnNorthbound, type OvnNorthboundTables } from './gen/ovn-nb.ts';
export { ovnSouthbound, type OvnSouthboundTables } from './gen/ovn-sb.ts';
export * as openVswitchRows from './gen/vswitch.ts';
export { openVswitch, type OpenVswitchTables } from './gen/vswitch.ts';
export { type Operation, type OperationResult, type Operations, operations } from './operations.ts';
export { type DatabaseSchema, isUuid, type NamedUuid, namedUuid, type Uuid } from './schema.ts';
export { Match, match } from './match.ts';
export { type AclSpec } from './nb/acl.ts';
export { configBump, configSync, type SyncOptions, transactSynced } from './nb/config.ts';
export { type Ensured, MARK_ID, MARK_OWNER, type Northbound, northbound } from './nb/context.ts';
export { dhcpDelete, dhcpV4Ensure, type DhcpV4Spec, dhcpV6Ensure, type DhcpV6Spec } from './nb/dhcp.ts';
export { meterDelete, meterEnsure, type MeterSpec } from './nb/meter.ts';
export { ownedList, type OwnedRow } from './nb/owned.ts';
export {
  portGroupDelete,
  portGroupEnsure,
  portGroupMembersChange,
  portGroupMembersEnsure,
  type PortGroupSpec,
} from './nb/port-group.ts';
export {
  localnetPortEnsure,
  type LocalnetPortSpec,
  switchPortDelete,
  switchPortEnsure,
  type SwitchPortSpec,
  switchPortState,
} from './nb/port.ts';
export { switchDelete, switchEnsure, type SwitchSpec } from './nb/switch.ts';
export { checkAddress, checkCidr, checkMac, cidrContains, identifierFrom } from './values.ts';
