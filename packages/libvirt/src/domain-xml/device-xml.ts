/** The smaller devices: screen, serial lines, guest agent, and what makes a guest pleasant to run. */
import type { DomainModel, GraphicsModel, SerialModel } from './domain-model.ts';
import { type XmlElement, attributeOf, childOf, childrenOf, element, integerOf, oneOf } from './xml-tree.ts';

const AGENT_CHANNEL = 'org.qemu.guest_agent.0';

/**
 * PCI Express ports and the buses that libvirt would otherwise invent on its own. Without spare ports the second
 * hot-plug fails ("No more available PCI slots").
 */
export const controllersToXml = ({ pciePorts, tablet, watchdog }: DomainModel): XmlElement[] => [
  element('controller', { type: 'pci', index: 0, model: 'pcie-root' }),
  ...Array.from({ length: pciePorts }, (_, i) =>
    element('controller', { type: 'pci', index: i + 1, model: 'pcie-root-port' }),
  ),
  // This watchdog is conventional PCI; libvirt would add the bridge and a port for it, here it takes one of ours.
  ...(watchdog === null
    ? []
    : [element('controller', { type: 'pci', index: pciePorts + 1, model: 'pcie-to-pci-bridge' })]),
  element('controller', { type: 'scsi', index: 0, model: 'virtio-scsi' }),
  element('controller', { type: 'virtio-serial', index: 0 }),
  tablet === 'usb'
    ? element('controller', { type: 'usb', index: 0, model: 'qemu-xhci' })
    : element('controller', { type: 'usb', index: 0, model: 'none' }),
];

export const pciePortsFromXml = (devices: XmlElement | null): number =>
  childrenOf(devices, 'controller').filter((node) => attributeOf(node, 'model') === 'pcie-root-port').length;

export const graphicsToXml = ({ socket }: GraphicsModel): XmlElement =>
  element('graphics', { type: 'vnc' }, [element('listen', { type: 'socket', socket })]);

export const graphicsFromXml = (devices: XmlElement | null): GraphicsModel | null => {
  const node = childrenOf(devices, 'graphics').find((graphics) => attributeOf(graphics, 'type') === 'vnc');
  if (node === undefined) return null;
  return { socket: attributeOf(childOf(node, 'listen'), 'socket') ?? attributeOf(node, 'socket') };
};

export const serialToXml = ({ backend, logFile }: SerialModel, port: number): XmlElement =>
  element('serial', { type: backend.type }, [
    backend.type === 'unix' && element('source', { mode: 'bind', path: backend.path }),
    logFile !== null && element('log', { file: logFile, append: 'on' }),
    element('target', { type: 'isa-serial', port }),
  ]);

export const serialsFromXml = (devices: XmlElement | null): SerialModel[] =>
  childrenOf(devices, 'serial').map((node) => {
    const logFile = attributeOf(childOf(node, 'log'), 'file');
    if (oneOf(attributeOf(node, 'type'), ['unix', 'pty']) === 'pty') return { backend: { type: 'pty' }, logFile };
    return { backend: { type: 'unix', path: attributeOf(childOf(node, 'source'), 'path') ?? '' }, logFile };
  });

/** Channel, random numbers, balloon, video, tablet, panic notifier, watchdog. */
export const amenitiesToXml = (model: DomainModel): (XmlElement | null | false)[] => [
  model.guestAgent &&
    element('channel', { type: 'unix' }, [element('target', { type: 'virtio', name: AGENT_CHANNEL })]),
  model.tablet !== null && element('input', { type: 'tablet', bus: model.tablet }),
  element('video', {}, [element('model', { type: model.video })]),
  model.rng && element('rng', { model: 'virtio' }, [element('backend', { model: 'random' }, '/dev/urandom')]),
  model.watchdog !== null && element('watchdog', model.watchdog),
  model.balloonPeriod === null
    ? element('memballoon', { model: 'none' })
    : element('memballoon', { model: 'virtio' }, [element('stats', { period: model.balloonPeriod })]),
  model.panic && element('panic', { model: 'isa' }),
];

type Amenities = Pick<DomainModel, 'guestAgent' | 'tablet' | 'video' | 'rng' | 'watchdog' | 'balloonPeriod' | 'panic'>;

export const amenitiesFromXml = (devices: XmlElement | null): Amenities => {
  const tablet = childrenOf(devices, 'input').find((node) => attributeOf(node, 'type') === 'tablet');
  const balloon = childOf(devices, 'memballoon');
  const watchdog = childrenOf(devices, 'watchdog').find((node) => attributeOf(node, 'model') === 'i6300esb');
  return {
    guestAgent: childrenOf(devices, 'channel').some(
      (node) => attributeOf(childOf(node, 'target'), 'name') === AGENT_CHANNEL,
    ),
    tablet: tablet === undefined ? null : oneOf<'usb' | 'virtio'>(attributeOf(tablet, 'bus'), ['usb', 'virtio'], 'usb'),
    video: oneOf(
      attributeOf(childOf(childOf(devices, 'video'), 'model'), 'type'),
      ['virtio', 'vga', 'bochs', 'none'],
      'none',
    ),
    rng: childOf(devices, 'rng') !== null,
    watchdog:
      watchdog === undefined
        ? null
        : {
            model: 'i6300esb',
            action: oneOf(attributeOf(watchdog, 'action'), ['reset', 'poweroff', 'pause', 'none'], 'reset'),
          },
    balloonPeriod:
      balloon === null || attributeOf(balloon, 'model') === 'none'
        ? null
        : (integerOf(attributeOf(childOf(balloon, 'stats'), 'period')) ?? 0),
    panic: childOf(devices, 'panic') !== null,
  };
};
