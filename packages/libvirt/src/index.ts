/**
 * libvirt without a native binding: its RPC protocol over a socket, and its domain format as a typed model.
 * Layers: xdr -> gen (names and numbers) -> rpc -> operations -> host (what the rest of the product uses).
 */
export * from './domain-xml/domain-model.ts';
export { deviceToXml, domainFromXml, domainToXml } from './domain-xml/domain-xml.ts';
export { METADATA_PREFIX, METADATA_URI } from './domain-xml/machine-xml.ts';
export { DomainXmlError } from './domain-xml/xml-tree.ts';
