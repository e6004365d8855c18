/** libvirt's domain events as one union: which of its three wire shapes an event has is nobody else's business. */
import { type DomainHandle, handleOf } from './domain-ref.ts';
import type { Frame } from './frame.ts';
import * as e from './gen/enums.ts';
import { qemu } from './gen/qemu.ts';
import { type NonnullDomain, type TypedParam, remote } from './gen/remote.ts';
import type { EventMessage } from './procedure.ts';
import { type ParamRecord, paramsToObject } from './params.ts';
import { eventDetail } from './reasons.ts';
import { decode } from './xdr.ts';

const LIFECYCLE = [
  'defined',
  'undefined',
  'started',
  'suspended',
  'resumed',
  'stopped',
  'shutdown',
  'pmsuspended',
  'crashed',
] as const;

/** Numbers that have no name here are libvirt's own, by the enum named beside them in libvirt's manual. */
interface EventData {
  /** `detailName` says what was behind it: `stopped` by `shutdown`, `destroyed`, `migrated`, `crashed`, `failed`. */
  lifecycle: { event: (typeof LIFECYCLE)[number]; detail: number; detailName: string };
  reboot: object;
  'rtc-change': { offset: number };
  watchdog: { action: number };
  'io-error': { source: string; alias: string; action: number; reason: string };
  graphics: { phase: number };
  'control-error': object;
  'block-job': { target: string; jobType: number; status: 'completed' | 'failed' | 'canceled' | 'ready' };
  'disk-change': { alias: string; oldSource: string | null; newSource: string | null; reason: number };
  'tray-change': { alias: string; tray: 'open' | 'closed' };
  pmwakeup: object;
  pmsuspend: object;
  'pmsuspend-disk': object;
  'balloon-change': { bytes: number };
  'device-added': { alias: string };
  'device-removed': { alias: string };
  'device-removal-failed': { alias: string };
  tunable: { params: ParamRecord };
  'agent-lifecycle': { state: 'connected' | 'disconnected'; reason: number };
  'migration-iteration': { iteration: number };
  'job-completed': { stats: ParamRecord };
  'metadata-change': { metadataType: number; uri: string | null };
  'block-threshold': { target: string; threshold: number; excess: number };
  'memory-failure': { recipient: number; action: number };
  'memory-device-size': { alias: string; bytes: number };
  /** An event of QEMU itself; only those asked for. */
  monitor: { event: string; details: unknown; seconds: number };
}

export type DomainEventType = keyof EventData;
export type DomainEvent = { [K in DomainEventType]: { type: K; domain: DomainHandle } & EventData[K] }[DomainEventType];

interface EventKind {
  /** The number to register for; null for those of the qemu program. */
  id: number | null;
  message: { program: number; number: number };
  read: (payload: Buffer) => DomainEvent;
}

type Wrapped = { msg: { dom: NonnullDomain } };
type Flat = { dom: NonnullDomain };

const kind = <M extends Wrapped | Flat, K extends DomainEventType>(
  id: number | null,
  message: EventMessage<M>,
  type: K,
  data: (message: M) => EventData[K],
): EventKind => ({
  id,
  message,
  read: (payload) => {
    const value = decode(message.msg, payload);
    const dom = 'msg' in value ? value.msg.dom : value.dom;
    return { type, domain: handleOf(dom), ...data(value) } as DomainEvent;
  },
});

const nothing = (): object => ({});
const I = e.virDomainEventID;
const BLOCK_JOB_STATUS = ['completed', 'failed', 'canceled', 'ready'] as const;
const blockJobStatus = (status: number) => BLOCK_JOB_STATUS[status] ?? 'failed';
const params = (list: TypedParam[]): ParamRecord => paramsToObject(list);

const detailsParse = (text: string | null): unknown => {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return text;
  }
};

/**
 * Every event we take. Left out on purpose: IO_ERROR (IO_ERROR_REASON says more) and BLOCK_JOB by path (BLOCK_JOB_2
 * names the disk's target, which does not change).
 */
export const EVENT_KINDS: readonly EventKind[] = [
  kind(I.VIR_DOMAIN_EVENT_ID_LIFECYCLE, remote.domainEventCallbackLifecycle, 'lifecycle', ({ msg }) => {
    const event = LIFECYCLE[msg.event] ?? 'crashed';
    return { event, detail: msg.detail, detailName: eventDetail(event, msg.detail) };
  }),
  kind(I.VIR_DOMAIN_EVENT_ID_REBOOT, remote.domainEventCallbackReboot, 'reboot', nothing),
  kind(I.VIR_DOMAIN_EVENT_ID_RTC_CHANGE, remote.domainEventCallbackRtcChange, 'rtc-change', ({ msg }) => ({
    offset: Number(msg.offset),
  })),
  kind(I.VIR_DOMAIN_EVENT_ID_WATCHDOG, remote.domainEventCallbackWatchdog, 'watchdog', ({ msg }) => ({
    action: msg.action,
  })),
  kind(I.VIR_DOMAIN_EVENT_ID_GRAPHICS, remote.domainEventCallbackGraphics, 'graphics', ({ msg }) => ({
    phase: msg.phase,
  })),
  kind(I.VIR_DOMAIN_EVENT_ID_IO_ERROR_REASON, remote.domainEventCallbackIoErrorReason, 'io-error', ({ msg }) => ({
    source: msg.srcPath,
    alias: msg.devAlias,
    action: msg.action,
    reason: msg.reason,
  })),
  kind(I.VIR_DOMAIN_EVENT_ID_CONTROL_ERROR, remote.domainEventCallbackControlError, 'control-error', nothing),
  kind(I.VIR_DOMAIN_EVENT_ID_DISK_CHANGE, remote.domainEventCallbackDiskChange, 'disk-change', ({ msg }) => ({
    alias: msg.devAlias,
    oldSource: msg.oldSrcPath,
    newSource: msg.newSrcPath,
    reason: msg.reason,
  })),
  kind(I.VIR_DOMAIN_EVENT_ID_TRAY_CHANGE, remote.domainEventCallbackTrayChange, 'tray-change', ({ msg }) => ({
    alias: msg.devAlias,
    tray: msg.reason === 0 ? 'open' : 'closed',
  })),
  kind(I.VIR_DOMAIN_EVENT_ID_PMWAKEUP, remote.domainEventCallbackPmwakeup, 'pmwakeup', nothing),
  kind(I.VIR_DOMAIN_EVENT_ID_PMSUSPEND, remote.domainEventCallbackPmsuspend, 'pmsuspend', nothing),
  kind(I.VIR_DOMAIN_EVENT_ID_PMSUSPEND_DISK, remote.domainEventCallbackPmsuspendDisk, 'pmsuspend-disk', nothing),
  kind(I.VIR_DOMAIN_EVENT_ID_BALLOON_CHANGE, remote.domainEventCallbackBalloonChange, 'balloon-change', ({ msg }) => ({
    bytes: Number(msg.actual) * 1024,
  })),
  kind(I.VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED, remote.domainEventCallbackDeviceRemoved, 'device-removed', ({ msg }) => ({
    alias: msg.devAlias,
  })),
  kind(I.VIR_DOMAIN_EVENT_ID_BLOCK_JOB_2, remote.domainEventBlockJob2, 'block-job', ({ dst, type, status }) => ({
    target: dst,
    jobType: type,
    status: blockJobStatus(status),
  })),
  kind(I.VIR_DOMAIN_EVENT_ID_TUNABLE, remote.domainEventCallbackTunable, 'tunable', (m) => ({
    params: params(m.params),
  })),
  kind(I.VIR_DOMAIN_EVENT_ID_AGENT_LIFECYCLE, remote.domainEventCallbackAgentLifecycle, 'agent-lifecycle', (m) => ({
    state: m.state === 1 ? 'connected' : 'disconnected',
    reason: m.reason,
  })),
  kind(I.VIR_DOMAIN_EVENT_ID_DEVICE_ADDED, remote.domainEventCallbackDeviceAdded, 'device-added', (m) => ({
    alias: m.devAlias,
  })),
  kind(
    I.VIR_DOMAIN_EVENT_ID_MIGRATION_ITERATION,
    remote.domainEventCallbackMigrationIteration,
    'migration-iteration',
    ({ iteration }) => ({ iteration }),
  ),
  kind(I.VIR_DOMAIN_EVENT_ID_JOB_COMPLETED, remote.domainEventCallbackJobCompleted, 'job-completed', (m) => ({
    stats: params(m.params),
  })),
  kind(
    I.VIR_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED,
    remote.domainEventCallbackDeviceRemovalFailed,
    'device-removal-failed',
    (m) => ({ alias: m.devAlias }),
  ),
  kind(I.VIR_DOMAIN_EVENT_ID_METADATA_CHANGE, remote.domainEventCallbackMetadataChange, 'metadata-change', (m) => ({
    metadataType: m.type,
    uri: m.nsuri,
  })),
  kind(I.VIR_DOMAIN_EVENT_ID_BLOCK_THRESHOLD, remote.domainEventBlockThreshold, 'block-threshold', (m) => ({
    target: m.dev,
    threshold: Number(m.threshold),
    excess: Number(m.excess),
  })),
  kind(I.VIR_DOMAIN_EVENT_ID_MEMORY_FAILURE, remote.domainEventMemoryFailure, 'memory-failure', (m) => ({
    recipient: m.recipient,
    action: m.action,
  })),
  kind(
    I.VIR_DOMAIN_EVENT_ID_MEMORY_DEVICE_SIZE_CHANGE,
    remote.domainEventMemoryDeviceSizeChange,
    'memory-device-size',
    (m) => ({ alias: m.alias, bytes: Number(m.size) * 1024 }),
  ),
  kind(null, qemu.domainMonitorEvent, 'monitor', (m) => ({
    event: m.event,
    details: detailsParse(m.details),
    seconds: Number(m.seconds) + m.micros / 1e6,
  })),
];

const BY_MESSAGE = new Map(EVENT_KINDS.map((one) => [`${one.message.program}/${one.message.number}`, one]));

/** The event in a message; null for messages that are none of ours. Throws XdrError when it cannot be read. */
export const eventRead = (frame: Frame): DomainEvent | null =>
  BY_MESSAGE.get(`${frame.program}/${frame.procedure}`)?.read(frame.payload) ?? null;
