/** libvirt's reasons by name: `VIR_DOMAIN_PAUSED_IOERROR` is `ioerror` for the state `paused`. */
import * as e from './gen/enums.ts';

type Numbers = Readonly<Record<string, number>>;

/** Names by number, without the prefix that all of them share. */
const names = (prefix: string, numbers: Numbers): ReadonlyMap<number, string> =>
  new Map(
    Object.entries(numbers).map(([name, number]) => [
      number,
      name.slice(prefix.length).toLowerCase().replaceAll('_', '-'),
    ]),
  );

const STATES: Readonly<Record<string, ReadonlyMap<number, string>>> = {
  nostate: names('VIR_DOMAIN_NOSTATE_', e.virDomainNostateReason),
  running: names('VIR_DOMAIN_RUNNING_', e.virDomainRunningReason),
  blocked: names('VIR_DOMAIN_BLOCKED_', e.virDomainBlockedReason),
  paused: names('VIR_DOMAIN_PAUSED_', e.virDomainPausedReason),
  shutdown: names('VIR_DOMAIN_SHUTDOWN_', e.virDomainShutdownReason),
  shutoff: names('VIR_DOMAIN_SHUTOFF_', e.virDomainShutoffReason),
  crashed: names('VIR_DOMAIN_CRASHED_', e.virDomainCrashedReason),
  pmsuspended: names('VIR_DOMAIN_PMSUSPENDED_', e.virDomainPMSuspendedReason),
};

const DETAILS: Readonly<Record<string, ReadonlyMap<number, string>>> = {
  defined: names('VIR_DOMAIN_EVENT_DEFINED_', e.virDomainEventDefinedDetailType),
  undefined: names('VIR_DOMAIN_EVENT_UNDEFINED_', e.virDomainEventUndefinedDetailType),
  started: names('VIR_DOMAIN_EVENT_STARTED_', e.virDomainEventStartedDetailType),
  suspended: names('VIR_DOMAIN_EVENT_SUSPENDED_', e.virDomainEventSuspendedDetailType),
  resumed: names('VIR_DOMAIN_EVENT_RESUMED_', e.virDomainEventResumedDetailType),
  stopped: names('VIR_DOMAIN_EVENT_STOPPED_', e.virDomainEventStoppedDetailType),
  shutdown: names('VIR_DOMAIN_EVENT_SHUTDOWN_', e.virDomainEventShutdownDetailType),
  pmsuspended: names('VIR_DOMAIN_EVENT_PMSUSPENDED_', e.virDomainEventPMSuspendedDetailType),
  crashed: names('VIR_DOMAIN_EVENT_CRASHED_', e.virDomainEventCrashedDetailType),
};

/** Why a domain is in a state: `user`, `ioerror`, `destroyed`; the number as text when it is newer than we are. */
export const stateReason = (state: string, reason: number): string => STATES[state]?.get(reason) ?? String(reason);

/** What was behind a lifecycle event: `stopped` by `shutdown`, `destroyed`, `migrated`, `crashed`, `failed`. */
export const eventDetail = (event: string, detail: number): string => DETAILS[event]?.get(detail) ?? String(detail);
