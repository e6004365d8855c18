/** The machine around the devices: memory, processors, firmware, clock, and our own metadata. */
import type { CpuModel, DirectBoot, DomainMetadata, DomainModel, Firmware } from './domain-model.ts';
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

/** Namespace of the metadata element, also the key for libvirt's metadata calls. */
export const METADATA_URI = 'urn:basalt:domain:1';
export const METADATA_PREFIX = 'basalt';

const KIB = 1024;
const UNITS: Readonly<Record<string, number>> = {
  b: 1,
  bytes: 1,
  KB: 1000,
  k: KIB,
  KiB: KIB,
  MB: 1e6,
  M: KIB ** 2,
  MiB: KIB ** 2,
  GB: 1e9,
  G: KIB ** 3,
  GiB: KIB ** 3,
};

const kib = (bytes: number): string => {
  if (!Number.isSafeInteger(bytes) || bytes <= 0 || bytes % KIB !== 0) {
    throw new DomainXmlError(`not a whole number of KiB: ${bytes} bytes`);
  }
  return String(bytes / KIB);
};

const bytesOf = (node: XmlElement | null): number | null => {
  const value = integerOf(node?.text ?? null);
  if (value === null) return null;
  const unit = UNITS[attributeOf(node, 'unit') ?? 'KiB'];
  if (unit === undefined) throw new DomainXmlError(`unknown unit ${attributeOf(node, 'unit')}`);
  return value * unit;
};

/** Our metadata as it stands in the domain's description. */
export const metadataToXml = ({ vmId, epoch }: DomainMetadata): XmlElement =>
  element(`${METADATA_PREFIX}:domain`, { [`xmlns:${METADATA_PREFIX}`]: METADATA_URI, id: vmId, epoch });

export const metadataFromXml = (metadata: XmlElement | null): DomainMetadata | null => {
  // The prefix is whatever the writer chose; the namespace it stands for is what counts.
  const node = metadata?.children.find((child) => {
    const [prefix, local] = child.name.includes(':') ? child.name.split(':') : ['', child.name];
    return local === 'domain' && attributeOf(child, prefix ? `xmlns:${prefix}` : 'xmlns') === METADATA_URI;
  });
  if (node === undefined) return null;
  return { vmId: attributeOf(node, 'id') ?? '', epoch: integerOf(attributeOf(node, 'epoch')) ?? 0 };
};

export const memoryToXml = ({ memory, maxMemory }: DomainModel): (XmlElement | null | false)[] => [
  maxMemory !== null && element('maxMemory', { slots: maxMemory.slots, unit: 'KiB' }, kib(maxMemory.bytes)),
  element('memory', { unit: 'KiB' }, kib(memory)),
];

export const memoryFromXml = (domain: XmlElement): Pick<DomainModel, 'memory' | 'maxMemory'> => {
  const limit = childOf(domain, 'maxMemory');
  const bytes = bytesOf(limit);
  const memory = bytesOf(childOf(domain, 'memory'));
  if (memory === null) throw new DomainXmlError('a domain without memory');
  return { memory, maxMemory: bytes === null ? null : { bytes, slots: integerOf(attributeOf(limit, 'slots')) ?? 0 } };
};

/** Hot-added memory needs a NUMA cell to go to, even on a machine with a single one. */
const numaToXml = ({ memory, maxMemory, vcpus }: DomainModel): XmlElement | null =>
  maxMemory === null
    ? null
    : element('numa', {}, [element('cell', { id: 0, cpus: `0-${vcpus.max - 1}`, memory: kib(memory), unit: 'KiB' })]);

export const cpuToXml = (model: DomainModel): XmlElement | null => {
  const { cpu, topology } = model;
  const inner = [topology !== null && element('topology', topology), numaToXml(model)];
  if (cpu.mode === 'custom') {
    const features = cpu.features.map(({ name, policy }) => element('feature', { policy, name }));
    return element('cpu', { mode: 'custom', match: 'exact', check: 'none' }, [
      element('model', { fallback: 'forbid' }, cpu.model),
      ...inner,
      ...features,
    ]);
  }
  if (cpu.mode !== 'default') return element('cpu', { mode: cpu.mode }, inner);
  return topology === null && model.maxMemory === null ? null : element('cpu', {}, inner);
};

export const cpuFromXml = (domain: XmlElement): Pick<DomainModel, 'cpu' | 'topology'> => {
  const node = childOf(domain, 'cpu');
  const topology = childOf(node, 'topology');
  const count = (name: string): number => integerOf(attributeOf(topology, name)) ?? 1;
  return {
    cpu: cpuModelFromXml(node),
    topology:
      topology === null ? null : { sockets: count('sockets'), cores: count('cores'), threads: count('threads') },
  };
};

const cpuModelFromXml = (node: XmlElement | null): CpuModel => {
  const model = childOf(node, 'model')?.text ?? '';
  const mode = attributeOf(node, 'mode') ?? (model === '' ? 'default' : 'custom');
  if (mode !== 'custom') return { mode: oneOf(mode, ['host-passthrough', 'host-model', 'maximum', 'default']) };
  const features = childrenOf(node, 'feature').flatMap((feature) => {
    const policy = attributeOf(feature, 'policy') ?? 'require';
    // `forbid` is a check on the host, not a property of the guest.
    if (policy === 'forbid') return [];
    const name = attributeOf(feature, 'name') ?? '';
    return [{ name, policy: oneOf(policy, ['require', 'disable', 'force', 'optional']) }];
  });
  return { mode, model, features };
};

const firmwareToXml = (firmware: Firmware): (XmlElement | null | false)[] => {
  if (firmware.type === 'bios') return [];
  const enabled = firmware.secureBoot ? 'yes' : 'no';
  return [
    element('firmware', {}, [
      element('feature', { enabled, name: 'enrolled-keys' }),
      element('feature', { enabled, name: 'secure-boot' }),
    ]),
    firmware.secureBoot && element('loader', { secure: 'yes' }),
    firmware.nvramPath !== null && element('nvram', {}, firmware.nvramPath),
  ];
};

export const osToXml = ({ firmware, directBoot, bootMenuTimeout }: DomainModel): XmlElement =>
  element('os', { firmware: firmware.type === 'efi' ? 'efi' : null }, [
    element('type', { arch: 'x86_64', machine: 'q35' }, 'hvm'),
    ...firmwareToXml(firmware),
    ...(directBoot === null
      ? []
      : [
          element('kernel', {}, directBoot.kernel),
          directBoot.initrd !== null && element('initrd', {}, directBoot.initrd),
          directBoot.cmdline !== null && element('cmdline', {}, directBoot.cmdline),
        ]),
    bootMenuTimeout !== null && element('bootmenu', { enable: 'yes', timeout: bootMenuTimeout }),
  ]);

const textOf = (parent: XmlElement | null, name: string): string | null => childOf(parent, name)?.text ?? null;

export const osFromXml = (domain: XmlElement): Pick<DomainModel, 'firmware' | 'directBoot' | 'bootMenuTimeout'> => {
  const os = childOf(domain, 'os');
  const loader = childOf(os, 'loader');
  const features = childrenOf(childOf(os, 'firmware'), 'feature');
  const secureBoot =
    attributeOf(loader, 'secure') === 'yes' ||
    features.some((node) => attributeOf(node, 'name') === 'secure-boot' && attributeOf(node, 'enabled') === 'yes');
  const efi = attributeOf(os, 'firmware') === 'efi' || attributeOf(loader, 'type') === 'pflash';
  const kernel = textOf(os, 'kernel');
  const directBoot: DirectBoot | null =
    kernel === null ? null : { kernel, initrd: textOf(os, 'initrd'), cmdline: textOf(os, 'cmdline') };
  const menu = childOf(os, 'bootmenu');
  return {
    firmware: efi ? { type: 'efi', secureBoot, nvramPath: textOf(os, 'nvram') } : { type: 'bios' },
    directBoot,
    bootMenuTimeout: attributeOf(menu, 'enable') === 'yes' ? (integerOf(attributeOf(menu, 'timeout')) ?? 0) : null,
  };
};

/** Guests that lose ticks catch up; the HPET only costs interrupts. */
export const clockToXml = (offset: DomainModel['clock']): XmlElement =>
  element('clock', { offset }, [
    element('timer', { name: 'rtc', tickpolicy: 'catchup' }),
    element('timer', { name: 'pit', tickpolicy: 'delay' }),
    element('timer', { name: 'hpet', present: 'no' }),
  ]);
