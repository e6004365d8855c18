/** The definition of a VM's domain, as its host is told it. */
import type { z } from 'zod';
import type { DomainSpec, storageAccessSpec } from '@basalt/contract/agent/schemas';
import type { VmRow } from '../store/vm.ts';
import { deviceName } from '../store/vm-shape.ts';
import { cloudInitSeed } from './cloud-init.ts';
import type { DiskPart, NicPart } from './vm-parts.ts';

type StorageAccess = z.infer<typeof storageAccessSpec>;

export interface DomainParts {
  readonly vm: VmRow;
  readonly disks: readonly DiskPart[];
  readonly nics: readonly NicPart[];
  readonly storage: StorageAccess;
  /** Opened only here; null where none was set. */
  readonly password: string | null;
}

export function domainSpecOf({ vm, disks, nics, storage, password }: DomainParts): DomainSpec {
  return {
    vmId: vm.id,
    title: vm.name,
    vcpu: vm.vcpu,
    memory: vm.memory,
    firmware: vm.firmware,
    cpuMode: vm.cpuMode,
    disks: disks.map(({ disk, pool }) => ({
      diskId: disk.id,
      device: deviceName(disk.index),
      at: { pool, image: disk.rbdImage },
      bootOrder: disk.role === 'system' ? 1 : null,
    })),
    nics: nics.map(({ nic, network }) => ({
      nicId: nic.id,
      mac: nic.mac,
      model: nic.model,
      mtu: network.mtu,
      portName: nic.id,
      bootOrder: null,
    })),
    cloudInit: vm.cloudInit ? cloudInitSeed(vm, nics, password) : null,
    cephUser: storage.user,
    cephSecretId: storage.secretId,
    cephMonHosts: [...storage.monHosts],
  };
}
