/**
 * libvirt without a native binding: its RPC protocol over a socket, and its domain format as a typed model.
 * Layers: xdr -> gen (names and numbers) -> rpc -> operations -> host (what the rest of the product uses).
 */
export * from './domain-xml/domain-model.ts';
export { deviceToXml, domainFromXml, domainToXml, metadataXml } from './domain-xml/domain-xml.ts';
export { METADATA_PREFIX, METADATA_URI } from './domain-xml/machine-xml.ts';
export { DomainXmlError } from './domain-xml/xml-tree.ts';
export { type LibvirtClient, createClient } from './client.ts';
export { type ConnectionOptions, LibvirtConnection, connectionOpen } from './connection.ts';
export type { DomainHandle, DomainRef } from './domain-ref.ts';
export { LibvirtError, type LibvirtErrorCode, type LibvirtErrorKind, isLibvirtError } from './errors.ts';
export type { DomainEvent, DomainEventType } from './events.ts';
export { type HostEvent, LibvirtHost, type LibvirtHostOptions } from './host.ts';
export type { KeepaliveOptions } from './keepalive.ts';
export { type InterfaceAddresses, QmpError } from './operations/agent-operations.ts';
export type { InterfaceBandwidth } from './operations/device-operations.ts';
export type { Affect, DomainInfo, DomainState, DomainStateReason, ListFlags } from './operations/domain-operations.ts';
export type { ShutdownFlags, StartFlags, UndefineFlags, XmlFlags } from './operations/domain-operations.ts';
export type { NodeInfo } from './operations/host-operations.ts';
export type { BlockJob, JobStats, MigrateFlags, MigrateOptions } from './operations/job-operations.ts';
export type { CephSecret } from './operations/secret-operations.ts';
export type { DomainStats, DomainSummary, StatsFilter, StatsGroups } from './operations/stats-operations.ts';
export type { Screenshot } from './operations/stream-operations.ts';
export type { ParamRecord, ParamValue } from './params.ts';
export type { CallOptions, Caller, Lane } from './rpc-types.ts';
export { LibvirtStream } from './stream.ts';
export type { TransportTarget } from './transport.ts';
