/** Inputs for operations, valid by the contract. */
import { randomUUID } from 'node:crypto';
import { diskId, nicId, operationId, vmId, type VmId } from '@basalt/contract';
import type { DiskSpec, DomainSpec } from '@basalt/contract/agent/index';

const MIB = 2 ** 20;
export const newVm = (): VmId => vmId.parse(randomUUID());
export const head = (ms = 60_000) => ({
  operationId: operationId.parse(randomUUID()),
  deadline: new Date(Date.now() + ms).toISOString(),
});
export const ofVm = (vm: VmId, epoch = 1, ms = 60_000) => ({ ...head(ms), vmId: vm, epoch });

export const diskOf = (vm: VmId, more: Partial<DiskSpec> = {}): DiskSpec => ({
  diskId: diskId.parse(randomUUID()),
  at: { pool: 'ssd', image: `disk-${vm}` },
  size: 64 * MIB,
  parent: null,
  ...more,
});

export const domainOf = (vm: VmId, more: Partial<DomainSpec> = {}): DomainSpec => ({
  vmId: vm,
  title: 'web <1> & "co"',
  vcpu: 1,
  memory: 128 * MIB,
  firmware: 'bios',
  cpuMode: 'custom',
  disks: [
    { diskId: diskId.parse(randomUUID()), device: 'vda', at: { pool: 'ssd', image: `disk-${vm}` }, bootOrder: 1 },
  ],
  nics: [
    {
      nicId: nicId.parse(randomUUID()),
      mac: '52:54:00:12:34:56',
      model: 'virtio',
      mtu: 1500,
      portName: randomUUID(),
      bootOrder: null,
    },
  ],
  cloudInit: null,
  cephUser: 'basalt',
  cephSecretId: '6f2a4a3e-6a55-4a0e-9a43-0d4c8a6f0b11',
  cephMonHosts: ['10.0.0.1', '10.0.0.2:6789'],
  ...more,
});
