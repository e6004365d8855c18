/**
 * What a virtual machine is to its host, without XML: the part of libvirt's domain format that we use, complete
 * enough that model -> XML -> model gives the same model. Absent things are null or an empty list, never undefined.
 */

export type DomainType = 'kvm' | 'qemu';

/** `custom` names a CPU model; `default` leaves the choice to the hypervisor. */
export type CpuModel =
  | { mode: 'host-passthrough' | 'host-model' | 'maximum' | 'default' }
  | {
      mode: 'custom';
      model: string;
      features: { name: string; policy: 'require' | 'disable' | 'force' | 'optional' }[];
    };

export type Firmware = { type: 'bios' } | { type: 'efi'; secureBoot: boolean; nvramPath: string | null };

/** A kernel started without a boot loader. */
export interface DirectBoot {
  kernel: string;
  initrd: string | null;
  cmdline: string | null;
}

/** An image in Ceph, reached by the monitors with a key that libvirt holds as a secret. */
export interface RbdSource {
  type: 'rbd';
  pool: string;
  /** Namespace inside the pool. */
  namespace: string | null;
  image: string;
  snapshot: string | null;
  /** Addresses of the monitors; port null means Ceph's default. */
  monitors: { host: string; port: number | null }[];
  auth: { user: string; secretUuid: string } | null;
}

/** A file of the host. */
export interface FileSource {
  type: 'file';
  path: string;
}

export type DiskSource = RbdSource | FileSource;

/** Limits per second; absent or 0 means unlimited. Bytes and operations; `*Max` is the burst. */
export interface IoTune {
  totalBytes?: number;
  readBytes?: number;
  writeBytes?: number;
  totalIops?: number;
  readIops?: number;
  writeIops?: number;
  totalBytesMax?: number;
  readBytesMax?: number;
  writeBytesMax?: number;
  totalIopsMax?: number;
  readIopsMax?: number;
  writeIopsMax?: number;
}

export type DiskErrorPolicy = 'stop' | 'report' | 'ignore';

export interface DiskModel {
  /** Device name as libvirt counts: `vda`, `sdb`. A hint for the guest, an identity for libvirt. */
  target: string;
  bus: 'virtio' | 'scsi';
  source: DiskSource;
  format: 'raw' | 'qcow2';
  cache: 'none' | 'writeback' | 'writethrough' | 'directsync' | 'unsafe';
  discard: 'unmap' | 'ignore';
  errorPolicy: DiskErrorPolicy | 'enospace';
  rerrorPolicy: DiskErrorPolicy;
  /** Shown to the guest; letters, digits, `-` and `_`, at most 36 characters (20 reach a virtio guest). */
  serial: string | null;
  bootOrder: number | null;
  readonly: boolean;
  shareable: boolean;
  iotune: IoTune | null;
}

/** Always virtio-scsi: a hot-added drive cannot be ejected, and Debian's cloud kernel has no AHCI. */
export interface CdromModel {
  target: string;
  source: DiskSource | null;
  bootOrder: number | null;
}

export interface InterfaceModel {
  mac: string;
  /** The Open vSwitch integration bridge, usually `br-int`. */
  bridge: string;
  /** Becomes `external_ids:iface-id`: the name of the logical switch port. */
  interfaceId: string;
  model: 'virtio' | 'e1000e' | 'rtl8139';
  mtu: number | null;
  queues: number | null;
  linkUp: boolean;
  /** `off` for hosts with a userspace datapath: it does not fill in checksums that the guest left to hardware. */
  offloads: 'default' | 'off';
  /** Name of the tap device on the host; null lets libvirt choose. */
  device: string | null;
  bootOrder: number | null;
}

/**
 * VNC on a unix socket only: nothing listens on the network. Path null lets libvirt choose one and remove it at the
 * end; a path given here stays behind when the guest stops.
 */
export interface GraphicsModel {
  socket: string | null;
}

export interface SerialModel {
  /** `unix` binds the path; `pty` gets a terminal from the host. */
  backend: { type: 'unix'; path: string } | { type: 'pty' };
  logFile: string | null;
}

export type LifecycleAction = 'destroy' | 'restart' | 'preserve';

/** Which VM this is and under which epoch it was defined: lets a host refuse what is stale. */
export interface DomainMetadata {
  vmId: string;
  epoch: number;
}

export interface DomainModel {
  type: DomainType;
  uuid: string;
  name: string;
  title: string | null;
  metadata: DomainMetadata | null;
  /** Boot memory in bytes, a multiple of 1024. */
  memory: number;
  /** Room for hot-added memory: upper limit in bytes and number of slots. */
  maxMemory: { bytes: number; slots: number } | null;
  vcpus: { current: number; max: number };
  cpu: CpuModel;
  topology: { sockets: number; cores: number; threads: number } | null;
  firmware: Firmware;
  directBoot: DirectBoot | null;
  /** Milliseconds the boot menu waits; null for no menu. */
  bootMenuTimeout: number | null;
  features: { acpi: boolean; apic: boolean };
  clock: 'utc' | 'localtime';
  onPoweroff: LifecycleAction;
  onReboot: LifecycleAction;
  onCrash: LifecycleAction;
  /** Empty PCI Express ports to hot-plug into, including those the machine's own devices take. */
  pciePorts: number;
  disks: DiskModel[];
  /** At least one: the drive must be there from the start. */
  cdroms: CdromModel[];
  interfaces: InterfaceModel[];
  graphics: GraphicsModel | null;
  video: 'virtio' | 'vga' | 'bochs' | 'none';
  tablet: 'usb' | 'virtio' | null;
  serials: SerialModel[];
  guestAgent: boolean;
  rng: boolean;
  /** Seconds between statistics of the guest's memory; null for no balloon. */
  balloonPeriod: number | null;
  panic: boolean;
  watchdog: { model: 'i6300esb'; action: 'reset' | 'poweroff' | 'pause' | 'none' } | null;
}

type Particular = 'uuid' | 'name' | 'memory' | 'vcpus';

/** What is the same for almost every machine. */
const domainDefaults = (): Omit<DomainModel, Particular> => ({
  type: 'kvm',
  title: null,
  metadata: null,
  maxMemory: null,
  cpu: { mode: 'host-model' },
  topology: null,
  firmware: { type: 'bios' },
  directBoot: null,
  bootMenuTimeout: null,
  features: { acpi: true, apic: true },
  clock: 'utc',
  onPoweroff: 'destroy',
  onReboot: 'restart',
  onCrash: 'destroy',
  pciePorts: 14,
  disks: [],
  cdroms: [{ target: 'sda', source: null, bootOrder: null }],
  interfaces: [],
  graphics: { socket: null },
  video: 'vga',
  tablet: 'usb',
  serials: [{ backend: { type: 'pty' }, logFile: null }],
  guestAgent: true,
  rng: true,
  balloonPeriod: 5,
  panic: true,
  watchdog: null,
});

/** A complete model from what is particular about one machine. */
export const domainModel = (given: Pick<DomainModel, Particular> & Partial<DomainModel>): DomainModel => ({
  ...domainDefaults(),
  ...given,
});

/** A disk in Ceph with the settings that are right for shared storage: stop on errors, discard reaches the pool. */
export const DISK_DEFAULTS = {
  bus: 'virtio',
  format: 'raw',
  cache: 'none',
  discard: 'unmap',
  errorPolicy: 'stop',
  rerrorPolicy: 'stop',
  serial: null,
  bootOrder: null,
  readonly: false,
  shareable: false,
  iotune: null,
} as const satisfies Partial<DiskModel>;
