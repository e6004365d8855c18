/**
 * The virtual data centre on one machine: hosts as namespaces with their own libvirt, Open vSwitch and Ceph daemons,
 * OVN's central part, a metrics store, and the supervisor that holds all processes, the product's too.
 */
export * from './instance.ts';
export { commandRun, commandTry, plainEnvironment, waitFor, CommandError } from './exec.ts';
export {
  checkMachine,
  debianPackages,
  debianPackagesMissing,
  ensureDebianPackages,
  type MachineProblem,
} from './packages.ts';
export { labDown, labHostCommand, labReset, labUp, type LabOptions, type Progress } from './lab.ts';
export { labClean } from './clean.ts';
export { labHosts } from './lab-settings.ts';
export { labStatus, type LabStatus } from './status.ts';
export {
  hostCommand,
  hostFiles,
  hostGuests,
  hostName,
  hostNumber,
  hostProcesses,
  hostUuid,
  hostWrap,
  type HostFiles,
} from './host.ts';
export { cephAdmin, cephFiles, cephOsds, cephStatus, poolNames, type CephStatus } from './ceph.ts';
export { ovnEndpoints, type OvnEndpoints } from './ovn.ts';
export { metricsTargetsWrite, metricsUrl } from './metrics.ts';
export { order } from './process-order.ts';
export { guestFilesEnsure, guestImageEnsure, type GuestFiles, type GuestName } from './guests/guest.ts';
export { kvmProbe, type KvmProbe } from './kvm-probe.ts';
export * from './faults.ts';
export * from './supervisor-client.ts';
export type { ProcessSpecInput, ProcessState, ProcessStatus, ReadyProbe, Target } from './supervisor-protocol.ts';
