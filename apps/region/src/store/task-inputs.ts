/**
 * What the domain hands to each kind of task. Everything is decided when the task is made: names are ids, addresses, MACs
 * and room are reserved, the resource is already in its transition (`creating`, `starting` …).
 */
import type { HostId, ImageId, NetworkId, VmId } from '@basalt/contract';

export interface OneVm {
  readonly vmId: VmId;
}

export interface TaskInputs {
  /** Placed already: `vms.hostId` and `epoch`; room is held in host_allocations exactly when `start`. */
  'vm.create': OneVm & { readonly start: boolean };
  /** Placed anew: `vms.hostId` is the new host; the former one, when it differs, still has the domain defined. */
  'vm.start': OneVm & { readonly formerHostId: HostId | null };
  /** `timeout` in seconds; then the power is cut if `thenPowerOff`, else the task fails and the VM runs on. */
  'vm.shutdown': OneVm & { readonly timeout: number; readonly thenPowerOff: boolean };
  'vm.powerOff': OneVm;
  'vm.reboot': OneVm;
  'vm.reset': OneVm;
  'vm.pause': OneVm;
  'vm.resume': OneVm;
  /** Domain undefined, port taken off its host; disks and addresses stay. Ends in `deleted`. */
  'vm.delete': OneVm;
  /** Ends in `stopped`. */
  'recycleBin.restore': OneVm;
  /** Disks, ports, addresses, NIC rows gone; ends in `destroyed`. */
  'recycleBin.destroy': OneVm;
  /** The staging file is complete (image_uploads); checks it, converts it into the pool, makes the snapshot. */
  'image.upload': { readonly imageId: ImageId };
  'image.delete': { readonly imageId: ImageId };
  /** Makes the switch (and DHCP options) and sets the network available; `network.update` brings them to the row's values. */
  'network.create': { readonly networkId: NetworkId };
  'network.update': { readonly networkId: NetworkId };
  /** Removes the switch, then sets `deletedAt`. */
  'network.delete': { readonly networkId: NetworkId };
  /** The host's row is `enrolling`; facts, chassis, storage access, checks; ends `available`. */
  'host.enrol': { readonly hostId: HostId };
  /** Row `removing`; chassis and access taken away where it still answers; then `removedAt`. */
  'host.remove': { readonly hostId: HostId };
}

export type TaskKind = keyof TaskInputs;

/** Kinds whose failed task can be tried again as it was; of the others the operator repeats the action itself. */
export const kindsTriedAgain: ReadonlySet<string> = new Set<TaskKind>([
  'vm.create',
  'image.upload',
  'network.create',
  'network.update',
  'network.delete',
  'host.enrol',
]);
