/** A whole domain, to and from the XML that libvirt defines, starts and describes it by. */
import { amenitiesFromXml, amenitiesToXml, controllersToXml, graphicsFromXml, graphicsToXml } from './device-xml.ts';
import { pciePortsFromXml, serialToXml, serialsFromXml } from './device-xml.ts';
import { cdromFromXml, cdromToXml, diskFromXml, diskToXml } from './disk-xml.ts';
import type {
  CdromModel,
  DiskModel,
  DomainMetadata,
  DomainModel,
  InterfaceModel,
  LifecycleAction,
} from './domain-model.ts';
import { interfaceFromXml, interfaceToXml } from './interface-xml.ts';
import * as machine from './machine-xml.ts';
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
import { xmlBuild, xmlParse } from './xml-tree.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const ACTIONS: readonly LifecycleAction[] = ['destroy', 'restart', 'preserve'];

const modelCheck = (model: DomainModel): void => {
  if (!UUID.test(model.uuid)) throw new DomainXmlError(`not a UUID: ${JSON.stringify(model.uuid)}`);
  // The name becomes part of file names on the host.
  if (model.name === '' || model.name.includes('/') || model.name.startsWith('.') || /[\n\t]/.test(model.name)) {
    throw new DomainXmlError(`not a domain name: ${JSON.stringify(model.name)}`);
  }
  if (model.title?.includes('\n')) throw new DomainXmlError('a title is one line');
  const { current, max } = model.vcpus;
  if (!Number.isInteger(current) || !Number.isInteger(max) || current < 1 || current > max) {
    throw new DomainXmlError(`not a number of processors: ${current} of ${max}`);
  }
  if (model.cdroms.length === 0) throw new DomainXmlError('a domain needs its CD-ROM drive from the start');
};

/** The XML to define or create the domain with. Throws DomainXmlError for what cannot be expressed. */
export const domainToXml = (model: DomainModel): string => {
  modelCheck(model);
  const { vcpus, features } = model;
  const root = element('domain', { type: model.type }, [
    element('name', {}, model.name),
    element('uuid', {}, model.uuid),
    model.title !== null && element('title', {}, model.title),
    model.metadata !== null && element('metadata', {}, [machine.metadataToXml(model.metadata)]),
    ...machine.memoryToXml(model),
    element(
      'vcpu',
      { placement: 'static', current: vcpus.current === vcpus.max ? null : vcpus.current },
      `${vcpus.max}`,
    ),
    machine.osToXml(model),
    element('features', {}, [features.acpi && element('acpi'), features.apic && element('apic')]),
    machine.cpuToXml(model),
    machine.clockToXml(model.clock),
    element('on_poweroff', {}, model.onPoweroff),
    element('on_reboot', {}, model.onReboot),
    element('on_crash', {}, model.onCrash),
    element('devices', {}, [
      ...controllersToXml(model),
      ...model.disks.map(diskToXml),
      ...model.cdroms.map(cdromToXml),
      ...model.interfaces.map(interfaceToXml),
      model.graphics !== null && graphicsToXml(model.graphics),
      ...model.serials.map(serialToXml),
      ...amenitiesToXml(model),
    ]),
  ]);
  return xmlBuild(root);
};

const actionFromXml = (domain: XmlElement, name: string, otherwise: LifecycleAction): LifecycleAction =>
  oneOf(childOf(domain, name)?.text ?? null, ACTIONS, otherwise);

/**
 * The model of a domain described by libvirt (or by `domainToXml`). Elements outside the model, which libvirt adds
 * freely (addresses, aliases, emulator), are left out; a device the model cannot express throws DomainXmlError.
 */
export const domainFromXml = (xml: string): DomainModel => {
  const domain = xmlParse(xml);
  if (domain.name !== 'domain') throw new DomainXmlError(`not a domain but <${domain.name}>`);
  const devices = childOf(domain, 'devices');
  const disks = childrenOf(devices, 'disk');
  const vcpu = childOf(domain, 'vcpu');
  const max = integerOf(vcpu?.text ?? null) ?? 1;
  const features = childOf(domain, 'features');
  return {
    type: oneOf(attributeOf(domain, 'type'), ['kvm', 'qemu']),
    uuid: childOf(domain, 'uuid')?.text ?? '',
    name: childOf(domain, 'name')?.text ?? '',
    title: childOf(domain, 'title')?.text ?? null,
    metadata: machine.metadataFromXml(childOf(domain, 'metadata')),
    ...machine.memoryFromXml(domain),
    vcpus: { current: integerOf(attributeOf(vcpu, 'current')) ?? max, max },
    ...machine.cpuFromXml(domain),
    ...machine.osFromXml(domain),
    features: { acpi: childOf(features, 'acpi') !== null, apic: childOf(features, 'apic') !== null },
    clock: oneOf(attributeOf(childOf(domain, 'clock'), 'offset'), ['utc', 'localtime'], 'utc'),
    onPoweroff: actionFromXml(domain, 'on_poweroff', 'destroy'),
    onReboot: actionFromXml(domain, 'on_reboot', 'restart'),
    onCrash: actionFromXml(domain, 'on_crash', 'destroy'),
    pciePorts: pciePortsFromXml(devices),
    disks: disks.filter((node) => attributeOf(node, 'device') !== 'cdrom').map(diskFromXml),
    cdroms: disks.filter((node) => attributeOf(node, 'device') === 'cdrom').map(cdromFromXml),
    interfaces: childrenOf(devices, 'interface').map(interfaceFromXml),
    graphics: graphicsFromXml(devices),
    serials: serialsFromXml(devices),
    ...amenitiesFromXml(devices),
  };
};

/** One device as XML, for attaching, detaching and updating it. */
export const deviceToXml = (
  device:
    | { kind: 'disk'; disk: DiskModel }
    | { kind: 'cdrom'; cdrom: CdromModel }
    | { kind: 'interface'; nic: InterfaceModel },
): string => {
  switch (device.kind) {
    case 'disk':
      return xmlBuild(diskToXml(device.disk));
    case 'cdrom':
      return xmlBuild(cdromToXml(device.cdrom));
    case 'interface':
      return xmlBuild(interfaceToXml(device.nic));
  }
};

/** Our metadata for `domainSetMetadata`. Without the namespace: libvirt adds it and fails where it is there already. */
export const metadataXml = ({ vmId, epoch }: DomainMetadata): string =>
  xmlBuild(element('domain', { id: vmId, epoch }));
