/** libvirt's numbers of reasons under its own names (libvirt-domain.h, virDomain…Reason), per state. */
import type { DomainState } from '@basalt/contract/agent/index';
import type { DomainState as LibvirtState } from '@basalt/libvirt';

const reasons: Readonly<Partial<Record<DomainState, readonly string[]>>> = {
  running: [
    'unknown',
    'booted',
    'migrated',
    'restored',
    'snapshot',
    'unpaused',
    'migrationCanceled',
    'saveCanceled',
    'wakeup',
    'crashed',
    'postcopy',
    'postcopyFailed',
  ],
  paused: [
    'unknown',
    'user',
    'migration',
    'save',
    'dump',
    'ioerror',
    'watchdog',
    'fromSnapshot',
    'shuttingDown',
    'snapshot',
    'crashed',
    'startingUp',
    'postcopy',
    'postcopyFailed',
    'apiError',
  ],
  shutdown: ['unknown', 'user'],
  shutoff: ['unknown', 'shutdown', 'destroyed', 'crashed', 'migrated', 'saved', 'failed', 'fromSnapshot', 'daemon'],
  crashed: ['unknown', 'panicked'],
};

/** `nostate` stands for a hypervisor that cannot tell; a process is there, so it counts as running. */
export const stateOf = (state: LibvirtState): DomainState => (state === 'nostate' ? 'running' : state);

export const reasonOf = (state: DomainState, reason: number): string => reasons[state]?.[reason] ?? 'unknown';
