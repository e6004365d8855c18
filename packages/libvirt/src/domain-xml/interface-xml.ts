/** Network interfaces on the Open vSwitch integration bridge, to and from libvirt's `<interface>`. */
import type { InterfaceModel } from './domain-model.ts';
import { DomainXmlError, type XmlElement, attributeOf, childOf, element, integerOf, oneOf } from './xml-tree.ts';

const HOST_OFF = { csum: 'off', gso: 'off', tso4: 'off', tso6: 'off', ecn: 'off', ufo: 'off' };
const GUEST_OFF = { csum: 'off', tso4: 'off', tso6: 'off', ecn: 'off', ufo: 'off' };
const MAC = /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/;

const driverToXml = (nic: InterfaceModel): XmlElement | null => {
  if (nic.queues === null && nic.offloads === 'default') return null;
  const off = nic.offloads === 'off';
  return element('driver', { name: 'qemu', queues: nic.queues }, [
    off && element('host', HOST_OFF),
    off && element('guest', GUEST_OFF),
  ]);
};

/** An interface as `<interface>`. Throws DomainXmlError for an address that is not lower-case `xx:xx:xx:xx:xx:xx`. */
export const interfaceToXml = (nic: InterfaceModel): XmlElement => {
  if (!MAC.test(nic.mac)) throw new DomainXmlError(`not a MAC address: ${JSON.stringify(nic.mac)}`);
  return element('interface', { type: 'bridge' }, [
    element('mac', { address: nic.mac }),
    element('source', { bridge: nic.bridge }),
    element('virtualport', { type: 'openvswitch' }, [element('parameters', { interfaceid: nic.interfaceId })]),
    nic.device !== null && element('target', { dev: nic.device }),
    element('model', { type: nic.model }),
    driverToXml(nic),
    element('link', { state: nic.linkUp ? 'up' : 'down' }),
    nic.mtu !== null && element('mtu', { size: nic.mtu }),
    nic.bootOrder !== null && element('boot', { order: nic.bootOrder }),
  ]);
};

export const interfaceFromXml = (node: XmlElement): InterfaceModel => {
  const driver = childOf(node, 'driver');
  const parameters = childOf(childOf(node, 'virtualport'), 'parameters');
  const hostOffloads = childOf(driver, 'host');
  return {
    mac: (attributeOf(childOf(node, 'mac'), 'address') ?? '').toLowerCase(),
    bridge: attributeOf(childOf(node, 'source'), 'bridge') ?? '',
    interfaceId: attributeOf(parameters, 'interfaceid') ?? '',
    model: oneOf(attributeOf(childOf(node, 'model'), 'type'), ['virtio', 'e1000e', 'rtl8139']),
    mtu: integerOf(attributeOf(childOf(node, 'mtu'), 'size')),
    queues: integerOf(attributeOf(driver, 'queues')),
    linkUp: attributeOf(childOf(node, 'link'), 'state') !== 'down',
    offloads: attributeOf(hostOffloads, 'csum') === 'off' ? 'off' : 'default',
    device: attributeOf(childOf(node, 'target'), 'dev'),
    bootOrder: integerOf(attributeOf(childOf(node, 'boot'), 'order')),
  };
};
