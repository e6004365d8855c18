/** Disks and CD-ROM drives, to and from libvirt's `<disk>`. */
import type { CdromModel, DiskModel, DiskSource, IoTune, RbdSource } from './domain-model.ts';
import {
  DomainXmlError,
  type XmlElement,
  attributeOf,
  childOf,
  childrenOf,
  element,
  integerOf,
  oneOf,
} from './xml-tree.ts';

const IOTUNE: readonly (readonly [keyof IoTune, string])[] = [
  ['totalBytes', 'total_bytes_sec'],
  ['readBytes', 'read_bytes_sec'],
  ['writeBytes', 'write_bytes_sec'],
  ['totalIops', 'total_iops_sec'],
  ['readIops', 'read_iops_sec'],
  ['writeIops', 'write_iops_sec'],
  ['totalBytesMax', 'total_bytes_sec_max'],
  ['readBytesMax', 'read_bytes_sec_max'],
  ['writeBytesMax', 'write_bytes_sec_max'],
  ['totalIopsMax', 'total_iops_sec_max'],
  ['readIopsMax', 'read_iops_sec_max'],
  ['writeIopsMax', 'write_iops_sec_max'],
];

const rbdName = ({ pool, namespace, image }: RbdSource): string => {
  for (const part of [pool, namespace, image]) {
    // librbd splits the name at these; QEMU splits its option string at `:` and unescapes `\`.
    if (part !== null && !/^[^/@:\\\s]+$/.test(part))
      throw new DomainXmlError(`not a name in Ceph: ${JSON.stringify(part)}`);
  }
  return namespace === null ? `${pool}/${image}` : `${pool}/${namespace}/${image}`;
};

const sourceToXml = (source: DiskSource): XmlElement => {
  if (source.type === 'file') return element('source', { file: source.path });
  const { auth } = source;
  return element('source', { protocol: 'rbd', name: rbdName(source) }, [
    ...source.monitors.map(({ host, port }) => element('host', { name: host, port })),
    source.snapshot !== null && element('snapshot', { name: source.snapshot }),
    auth !== null &&
      element('auth', { username: auth.user }, [element('secret', { type: 'ceph', uuid: auth.secretUuid })]),
  ]);
};

const sourceFromXml = (disk: XmlElement): DiskSource | null => {
  const source = childOf(disk, 'source');
  if (source === null) return null;
  if (attributeOf(disk, 'type') !== 'network') {
    const path = attributeOf(source, 'file');
    return path === null ? null : { type: 'file', path };
  }
  oneOf(attributeOf(source, 'protocol'), ['rbd']);
  const parts = (attributeOf(source, 'name') ?? '').split('/');
  const [pool, image] = [parts[0], parts.at(-1)];
  if (pool === undefined || image === undefined || parts.length < 2 || parts.length > 3) {
    throw new DomainXmlError(`not pool/image: ${parts.join('/')}`);
  }
  const auth = childOf(source, 'auth') ?? childOf(disk, 'auth');
  return {
    type: 'rbd',
    pool,
    namespace: parts.length === 3 ? (parts[1] ?? null) : null,
    image,
    snapshot: attributeOf(childOf(source, 'snapshot'), 'name'),
    monitors: childrenOf(source, 'host').map((host) => ({
      host: attributeOf(host, 'name') ?? '',
      port: integerOf(attributeOf(host, 'port')),
    })),
    auth:
      auth === null
        ? null
        : { user: attributeOf(auth, 'username') ?? '', secretUuid: attributeOf(childOf(auth, 'secret'), 'uuid') ?? '' },
  };
};

const sourceKind = (source: DiskSource | null): string => (source?.type === 'rbd' ? 'network' : 'file');
const bootToXml = (order: number | null): XmlElement | null => (order === null ? null : element('boot', { order }));
const bootFromXml = (device: XmlElement): number | null => integerOf(attributeOf(childOf(device, 'boot'), 'order'));

const iotuneToXml = (iotune: IoTune): XmlElement =>
  element(
    'iotune',
    {},
    IOTUNE.map(([key, name]) => (iotune[key] === undefined ? null : element(name, {}, String(iotune[key])))),
  );

const iotuneFromXml = (node: XmlElement | null): IoTune | null => {
  if (node === null) return null;
  const iotune: IoTune = {};
  for (const [key, name] of IOTUNE) {
    const value = integerOf(childOf(node, name)?.text ?? null);
    if (value !== null) iotune[key] = value;
  }
  return iotune;
};

const SERIAL = /^[A-Za-z0-9_.-]{1,36}$/;

/** A disk as `<disk>`. Throws DomainXmlError for names that Ceph, QEMU or libvirt would read differently. */
export const diskToXml = (disk: DiskModel): XmlElement => {
  if (disk.serial !== null && !SERIAL.test(disk.serial))
    throw new DomainXmlError(`not a serial number: ${disk.serial}`);
  return element('disk', { type: sourceKind(disk.source), device: 'disk' }, [
    element('driver', {
      name: 'qemu',
      type: disk.format,
      cache: disk.cache,
      error_policy: disk.errorPolicy,
      rerror_policy: disk.rerrorPolicy,
      discard: disk.discard,
    }),
    sourceToXml(disk.source),
    element('target', { dev: disk.target, bus: disk.bus }),
    disk.iotune !== null && iotuneToXml(disk.iotune),
    disk.readonly && element('readonly'),
    disk.shareable && element('shareable'),
    disk.serial !== null && element('serial', {}, disk.serial),
    bootToXml(disk.bootOrder),
  ]);
};

export const diskFromXml = (node: XmlElement): DiskModel => {
  const driver = childOf(node, 'driver');
  const target = childOf(node, 'target');
  const source = sourceFromXml(node);
  if (source === null) throw new DomainXmlError('a disk without a source');
  return {
    target: attributeOf(target, 'dev') ?? '',
    bus: oneOf(attributeOf(target, 'bus'), ['virtio', 'scsi']),
    source,
    format: oneOf(attributeOf(driver, 'type'), ['raw', 'qcow2'], 'raw'),
    cache: oneOf(
      attributeOf(driver, 'cache'),
      ['none', 'writeback', 'writethrough', 'directsync', 'unsafe'],
      'writeback',
    ),
    discard: oneOf(attributeOf(driver, 'discard'), ['unmap', 'ignore'], 'ignore'),
    errorPolicy: oneOf(attributeOf(driver, 'error_policy'), ['stop', 'report', 'ignore', 'enospace'], 'enospace'),
    rerrorPolicy: oneOf(attributeOf(driver, 'rerror_policy'), ['stop', 'report', 'ignore'], 'report'),
    serial: childOf(node, 'serial')?.text ?? null,
    bootOrder: bootFromXml(node),
    readonly: childOf(node, 'readonly') !== null,
    shareable: childOf(node, 'shareable') !== null,
    iotune: iotuneFromXml(childOf(node, 'iotune')),
  };
};

/** A CD-ROM drive as `<disk device='cdrom'>`; an empty drive has no source. */
export const cdromToXml = (cdrom: CdromModel): XmlElement =>
  element('disk', { type: sourceKind(cdrom.source), device: 'cdrom' }, [
    element('driver', { name: 'qemu', type: 'raw' }),
    cdrom.source !== null && sourceToXml(cdrom.source),
    element('target', { dev: cdrom.target, bus: 'scsi' }),
    element('readonly'),
    bootToXml(cdrom.bootOrder),
  ]);

export const cdromFromXml = (node: XmlElement): CdromModel => ({
  target: attributeOf(childOf(node, 'target'), 'dev') ?? '',
  source: sourceFromXml(node),
  bootOrder: bootFromXml(node),
});
