/** The domain that libvirt is given for what the region asked for. */
import { DISK_DEFAULTS, domainModel, type CpuModel, type DiskModel, type DomainModel } from '@basalt/libvirt';
import type { DomainSpec } from '@basalt/contract/agent/index';
import type { DomainFiles, DomainSettings } from '../host.types.ts';

export const domainName = (vmId: string): string => `vm-${vmId}`;

/** `10.0.0.1:6789`, `[fd00::1]:3300`, `10.0.0.1`. Messenger v2 has its own port; librbd finds the protocol by it. */
export function monitorOf(text: string): { host: string; port: number | null } {
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/u.exec(text);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined) throw new TypeError(`not a monitor's address: ${JSON.stringify(text)}`);
  return { host, port: match?.[3] === undefined ? null : Number(match[3]) };
}

function cpuOf(mode: DomainSpec['cpuMode'], virtualisation: 'kvm' | 'tcg'): CpuModel {
  // Without KVM there is no host processor to pass through: QEMU's own, everything it can emulate where more was asked.
  if (virtualisation === 'tcg') return { mode: mode === 'custom' ? 'default' : 'maximum' };
  // x86-64-v2, which every server since 2009 has: guests may move between hosts of different age.
  return mode === 'custom' ? { mode: 'custom', model: 'Nehalem', features: [] } : { mode };
}

function diskOf(spec: DomainSpec, disk: DomainSpec['disks'][number]): DiskModel {
  return {
    ...DISK_DEFAULTS,
    target: disk.device,
    source: {
      type: 'rbd',
      pool: disk.at.pool,
      namespace: null,
      image: disk.at.image,
      snapshot: null,
      monitors: spec.cephMonHosts.map(monitorOf),
      auth: { user: spec.cephUser, secretUuid: spec.cephSecretId },
    },
    serial: disk.diskId.replaceAll('-', '').slice(-20),
    bootOrder: disk.bootOrder,
  };
}

export interface ModelParts {
  readonly spec: DomainSpec;
  readonly epoch: number;
  readonly seedPath: string | null;
  readonly virtualisation: 'kvm' | 'tcg';
  readonly settings: DomainSettings;
  readonly files: Pick<DomainFiles, 'consoleSocket' | 'serialLog' | 'nvram'>;
}

/** Pure. The libvirt UUID is the VM's id, the name `vm-<id>`; what the user typed stands in the title alone. */
export function domainModelOf({ spec, epoch, seedPath, virtualisation, settings, files }: ModelParts): DomainModel {
  return domainModel({
    type: virtualisation === 'kvm' ? 'kvm' : 'qemu',
    uuid: spec.vmId,
    name: domainName(spec.vmId),
    title: spec.title.replaceAll(/[\r\n]+/gu, ' '),
    metadata: { vmId: spec.vmId, epoch },
    memory: spec.memory,
    vcpus: { current: spec.vcpu, max: spec.vcpu },
    cpu: cpuOf(spec.cpuMode, virtualisation),
    firmware:
      spec.firmware === 'uefi'
        ? { type: 'efi', secureBoot: false, nvramPath: files.nvram(spec.vmId) }
        : { type: 'bios' },
    disks: spec.disks.map((disk) => diskOf(spec, disk)),
    cdroms: [{ target: 'sda', source: seedPath === null ? null : { type: 'file', path: seedPath }, bootOrder: null }],
    interfaces: spec.nics.map((nic) => ({
      mac: nic.mac,
      bridge: settings.integrationBridge,
      interfaceId: nic.portName,
      model: nic.model === 'e1000' ? 'e1000e' : 'virtio',
      mtu: nic.mtu,
      queues: null,
      linkUp: true,
      offloads: settings.offloads,
      device: null,
      bootOrder: nic.bootOrder,
    })),
    graphics: { socket: files.consoleSocket(spec.vmId, 'vnc') },
    serials: [
      {
        backend: { type: 'unix', path: files.consoleSocket(spec.vmId, 'serial') },
        logFile: files.serialLog(spec.vmId),
      },
    ],
  });
}
