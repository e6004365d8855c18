import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CdromModel, DISK_DEFAULTS, type DiskModel, type DiskSource, type DomainModel } from './domain-model.ts';
import { type InterfaceModel, domainModel } from './domain-model.ts';
import { deviceToXml, domainFromXml, domainToXml, metadataXml } from './domain-xml.ts';
import { METADATA_URI } from './machine-xml.ts';

const UUID = '0190b2b0-7c00-7000-8000-000000000001';
const minimal = (rest: Partial<DomainModel> = {}): DomainModel =>
  domainModel({ uuid: UUID, name: 'vm', memory: 2 ** 28, vcpus: { current: 1, max: 1 }, ...rest });

const nullable = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null });
// oxlint-disable-next-line no-control-regex
const UNFIT = /[\u0000-\u001f\ufffe\uffff]/;
/** Whatever a person can type, with a liking for what breaks XML. */
const text = fc
  .oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }),
    fc
      .array(fc.constantFrom(']]>', '<', '>', '&', '"', "'", '&amp;', '&#10;', '<!--', '<![CDATA[', '?>', ' ', '{}'), {
        minLength: 1,
        maxLength: 8,
      })
      .map((parts) => parts.join('')),
  )
  .filter((value) => !UNFIT.test(value) && value.isWellFormed());
const name = text.filter((value) => !/[/]|^\./.test(value));
const cephName = fc.stringMatching(/^[a-z0-9._-]{1,20}$/);
const path = text.map((value) => `/run/${value}`);
const order = nullable(fc.integer({ min: 1, max: 20 }));
const hexByte = fc.integer({ min: 0, max: 255 }).map((n) => n.toString(16).padStart(2, '0'));

const source: fc.Arbitrary<DiskSource> = fc.oneof(
  fc.record({ type: fc.constant('file' as const), path }),
  fc.record({
    type: fc.constant('rbd' as const),
    pool: cephName,
    namespace: nullable(cephName),
    image: cephName,
    snapshot: nullable(cephName),
    monitors: fc.array(fc.record({ host: fc.ipV4(), port: nullable(fc.integer({ min: 1, max: 65_535 })) }), {
      maxLength: 3,
    }),
    auth: nullable(fc.record({ user: cephName, secretUuid: fc.uuid() })),
  }),
);
const limit = fc.integer({ min: 0, max: 2 ** 40 });
const disk: fc.Arbitrary<DiskModel> = fc.record({
  target: fc.stringMatching(/^vd[a-z]$/),
  bus: fc.constantFrom('virtio' as const, 'scsi' as const),
  source,
  format: fc.constantFrom('raw' as const, 'qcow2' as const),
  cache: fc.constantFrom('none' as const, 'writeback' as const, 'unsafe' as const),
  discard: fc.constantFrom('unmap' as const, 'ignore' as const),
  errorPolicy: fc.constantFrom('stop' as const, 'report' as const, 'enospace' as const),
  rerrorPolicy: fc.constantFrom('stop' as const, 'ignore' as const),
  serial: nullable(fc.stringMatching(/^[A-Za-z0-9_.-]{1,36}$/)),
  bootOrder: order,
  readonly: fc.boolean(),
  shareable: fc.boolean(),
  iotune: nullable(fc.record({ totalBytes: limit, readIops: limit, writeIopsMax: limit })),
});
const cdrom: fc.Arbitrary<CdromModel> = fc.record({
  target: fc.stringMatching(/^sd[a-z]$/),
  source: nullable(source),
  bootOrder: order,
});
const nic: fc.Arbitrary<InterfaceModel> = fc.record({
  mac: fc.array(hexByte, { minLength: 6, maxLength: 6 }).map((bytes) => bytes.join(':')),
  bridge: fc.constantFrom('br-int', 'br0'),
  interfaceId: fc.uuid(),
  model: fc.constantFrom('virtio' as const, 'e1000e' as const),
  mtu: nullable(fc.integer({ min: 576, max: 9000 })),
  queues: nullable(fc.integer({ min: 1, max: 8 })),
  linkUp: fc.boolean(),
  offloads: fc.constantFrom('default' as const, 'off' as const),
  device: nullable(fc.stringMatching(/^tap[0-9a-f]{1,8}$/)),
  bootOrder: order,
});
const kib = fc.integer({ min: 1, max: 2 ** 32 }).map((n) => n * 1024);
const action = fc.constantFrom('destroy' as const, 'restart' as const, 'preserve' as const);
const model: fc.Arbitrary<DomainModel> = fc.record({
  type: fc.constantFrom('kvm' as const, 'qemu' as const),
  uuid: fc.uuid(),
  name,
  title: nullable(text),
  metadata: nullable(fc.record({ vmId: text, epoch: fc.nat() })),
  memory: kib,
  maxMemory: nullable(fc.record({ bytes: kib, slots: fc.integer({ min: 1, max: 16 }) })),
  vcpus: fc
    .tuple(fc.integer({ min: 1, max: 64 }), fc.nat(64))
    .map(([current, more]) => ({ current, max: current + more })),
  cpu: fc.oneof(
    fc.record({
      mode: fc.constantFrom('host-passthrough' as const, 'host-model' as const, 'maximum' as const, 'default' as const),
    }),
    fc.record({
      mode: fc.constant('custom' as const),
      model: fc.constantFrom('Haswell', 'EPYC-Rome'),
      features: fc.array(
        fc.record({
          name: fc.constantFrom('vmx', 'avx'),
          policy: fc.constantFrom('require' as const, 'disable' as const),
        }),
        { maxLength: 2 },
      ),
    }),
  ),
  topology: nullable(
    fc.record({
      sockets: fc.integer({ min: 1, max: 4 }),
      cores: fc.integer({ min: 1, max: 8 }),
      threads: fc.integer({ min: 1, max: 2 }),
    }),
  ),
  firmware: fc.oneof(
    fc.constant({ type: 'bios' as const }),
    fc.record({ type: fc.constant('efi' as const), secureBoot: fc.boolean(), nvramPath: nullable(path) }),
  ),
  directBoot: nullable(fc.record({ kernel: path, initrd: nullable(path), cmdline: nullable(text) })),
  bootMenuTimeout: nullable(fc.integer({ min: 0, max: 60_000 })),
  features: fc.record({ acpi: fc.boolean(), apic: fc.boolean() }),
  clock: fc.constantFrom('utc' as const, 'localtime' as const),
  onPoweroff: action,
  onReboot: action,
  onCrash: action,
  pciePorts: fc.integer({ min: 0, max: 30 }),
  disks: fc.array(disk, { maxLength: 3 }),
  cdroms: fc.array(cdrom, { minLength: 1, maxLength: 2 }),
  interfaces: fc.array(nic, { maxLength: 3 }),
  graphics: nullable(fc.record({ socket: nullable(path) })),
  video: fc.constantFrom('virtio' as const, 'vga' as const, 'bochs' as const, 'none' as const),
  tablet: nullable(fc.constantFrom('usb' as const, 'virtio' as const)),
  serials: fc.array(
    fc.record({
      backend: fc.oneof(fc.constant({ type: 'pty' as const }), fc.record({ type: fc.constant('unix' as const), path })),
      logFile: nullable(path),
    }),
    { maxLength: 2 },
  ),
  guestAgent: fc.boolean(),
  rng: fc.boolean(),
  balloonPeriod: nullable(fc.integer({ min: 0, max: 60 })),
  panic: fc.boolean(),
  watchdog: nullable(
    fc.record({ model: fc.constant('i6300esb' as const), action: fc.constantFrom('reset' as const, 'pause' as const) }),
  ),
});

describe('domain XML', () => {
  test('[VM-01] of any model gives the same model back', () => {
    fc.assert(
      fc.property(model, (one) => {
        expect(domainFromXml(domainToXml(one))).toEqual(one);
      }),
      { numRuns: 300 },
    );
  }, 30_000);

  test('[VM-01] keeps hostile text text', () => {
    const hostile = `]]><x y="1"/>'&amp;<!-- ${UUID}`;
    const xml = domainToXml(minimal({ name: 'a"b', title: hostile, metadata: { vmId: hostile, epoch: 2 } }));
    expect(xml).not.toContain('<x y');
    expect(xml).not.toContain(']]>');
    expect(domainFromXml(xml)).toMatchObject({ name: 'a"b', title: hostile, metadata: { vmId: hostile, epoch: 2 } });
  });

  test.each([
    ['a control character in the title', { title: 'a\u0001b' }, 'text of <title> contains U+0001'],
    ['NUL in the name', { name: 'a\0' }, 'text of <name> contains U+0000'],
    ['half a surrogate pair', { title: 'a\ud800' }, 'U+D800'],
    [
      'a line feed in an attribute',
      { metadata: { vmId: 'a\nb', epoch: 1 } },
      'attribute id of <basalt:domain> contains U+000A',
    ],
    ['a line feed in the name', { name: 'a\nb' }, 'not a domain name'],
    ['a slash in the name', { name: '../etc' }, 'not a domain name'],
    ['no name', { name: '' }, 'not a domain name'],
    ['a UUID that is none', { uuid: 'x' }, 'not a UUID'],
    ['half a KiB of memory', { memory: 1536 }, 'not a whole number of KiB'],
    ['more processors than there are', { vcpus: { current: 2, max: 1 } }, 'not a number of processors'],
    ['no CD-ROM drive', { cdroms: [] }, 'needs its CD-ROM drive'],
  ])('[VM-01] is refused with %s', (_what, change, message) => {
    expect(() => domainToXml(minimal(change))).toThrow(message);
  });

  const rbd = (image: string): DiskModel => ({
    ...DISK_DEFAULTS,
    target: 'vda',
    source: {
      type: 'rbd',
      pool: 'ssd',
      namespace: null,
      image,
      snapshot: null,
      monitors: [{ host: '10.0.0.1', port: null }],
      auth: { user: 'basalt', secretUuid: UUID },
    },
  });

  test.each(['a:conf=/etc/passwd', 'a/b', 'a@snap', 'a\\:b', ''])(
    '[VM-01] is refused with the image name %j',
    (image) => {
      expect(() => deviceToXml({ kind: 'disk', disk: rbd(image) })).toThrow('not a name in Ceph');
    },
  );

  test('[VM-01] puts discard, error policies and the key’s UUID where libvirt looks for them', () => {
    expect(deviceToXml({ kind: 'disk', disk: { ...rbd('vm-1'), serial: 'S1', iotune: { totalIops: 50 } } })).toBe(
      '<disk type="network" device="disk"><driver name="qemu" type="raw" cache="none" error_policy="stop" ' +
        'rerror_policy="stop" discard="unmap"/><source protocol="rbd" name="ssd/vm-1"><host name="10.0.0.1"/>' +
        `<auth username="basalt"><secret type="ceph" uuid="${UUID}"/></auth></source><target dev="vda" bus="virtio"/>` +
        '<iotune><total_iops_sec>50</total_iops_sec></iotune><serial>S1</serial></disk>',
    );
  });

  test('[NET-03] turns every offload off for a userspace datapath', () => {
    const xml = deviceToXml({
      kind: 'interface',
      nic: {
        mac: '52:54:00:00:00:01',
        bridge: 'br-int',
        interfaceId: 'p1',
        model: 'virtio',
        mtu: 1442,
        queues: null,
        linkUp: true,
        offloads: 'off',
        device: null,
        bootOrder: null,
      },
    });
    expect(xml).toContain(
      '<driver name="qemu"><host csum="off" gso="off" tso4="off" tso6="off" ecn="off" ufo="off"/>' +
        '<guest csum="off" tso4="off" tso6="off" ecn="off" ufo="off"/></driver>',
    );
    expect(xml).toContain('<virtualport type="openvswitch"><parameters interfaceid="p1"/></virtualport>');
  });

  test('[VM-01] has fourteen ports to plug into and a drive that is always there', () => {
    const xml = domainToXml(minimal());
    expect(xml.match(/pcie-root-port/g)).toHaveLength(14);
    expect(xml).toContain('<disk type="file" device="cdrom">');
  });

  test('[VM-01] reads metadata by namespace, whatever the prefix', () => {
    const xml = domainToXml(minimal()).replace(
      '<memory ',
      `<metadata><z:domain xmlns:z="${METADATA_URI}" id="x" epoch="4"/><o:domain xmlns:o="other" id="y" epoch="5"/></metadata><memory `,
    );
    expect(domainFromXml(xml).metadata).toEqual({ vmId: 'x', epoch: 4 });
    expect(metadataXml({ vmId: 'x', epoch: 4 })).toBe('<domain id="x" epoch="4"/>');
  });

  test.each(['', '<domain', '<a/><b/>', '<network/>', '<domain type="xen"/>', 'text'])(
    '[VM-01] that is not ours is refused: %j',
    (xml) => {
      expect(() => domainFromXml(xml)).toThrow(expect.objectContaining({ name: 'DomainXmlError' }));
    },
  );
});
