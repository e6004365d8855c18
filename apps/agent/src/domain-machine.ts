/**
 * Which libvirt action a verb of the contract means in which state, and what state follows. The agent decides by it on a
 * real host and the simulator plays it, so that both refuse and allow the same.
 */
import type { DomainState } from '@basalt/contract/agent/index';

export type DomainVerb =
  | 'ensureDefined'
  | 'ensureAbsent'
  | 'ensureRunning'
  | 'ensureOff'
  | 'ensurePaused'
  | 'ensureResumed'
  | 'requestShutdown'
  | 'requestReboot'
  | 'reset';

/** One step at the hypervisor. */
export type DomainAct =
  | 'define'
  | 'start'
  | 'destroy'
  | 'undefine'
  | 'suspend'
  | 'resume'
  | 'pressPower'
  | 'pressReboot'
  | 'reset';

export type DomainPlan =
  /** Nothing to do: it is as wanted. */
  | { readonly kind: 'done' }
  | { readonly kind: 'act'; readonly acts: readonly DomainAct[] }
  /** Not possible in this state; for the log and the operator. */
  | { readonly kind: 'refuse'; readonly reason: string };

const done: DomainPlan = { kind: 'done' };
const act = (...acts: DomainAct[]): DomainPlan => ({ kind: 'act', acts });
const refuse = (reason: string): DomainPlan => ({ kind: 'refuse', reason });

/** A QEMU process exists. `crashed` is one that libvirt was told to preserve. */
export const isActive = (state: DomainState): boolean => state !== 'absent' && state !== 'shutoff';
/** The guest executes instructions (libvirt's `blocked` waits for a resource). */
const isLive = (state: DomainState): boolean => state === 'running' || state === 'blocked';

const notDefined = refuse('the domain is not defined on this host');
const wrongState = (state: DomainState): DomainPlan => refuse(`the domain is ${state}`);

const plans: Readonly<Record<DomainVerb, (state: DomainState) => DomainPlan>> = {
  ensureDefined: () => act('define'),
  ensureAbsent: (state) => (state === 'absent' ? done : isActive(state) ? act('destroy', 'undefine') : act('undefine')),
  ensureRunning: (state) => {
    if (state === 'absent') return notDefined;
    if (state === 'shutoff') return act('start');
    if (state === 'crashed') return act('destroy', 'start');
    return isLive(state) ? done : wrongState(state);
  },
  ensureOff: (state) => (isActive(state) ? act('destroy') : done),
  ensurePaused: (state) =>
    state === 'absent' ? notDefined : state === 'paused' ? done : isLive(state) ? act('suspend') : wrongState(state),
  ensureResumed: (state) =>
    state === 'absent' ? notDefined : isLive(state) ? done : state === 'paused' ? act('resume') : wrongState(state),
  requestShutdown: (state) => {
    if (state === 'absent') return notDefined;
    if (state === 'shutoff' || state === 'shutdown') return done;
    return isLive(state) ? act('pressPower') : wrongState(state);
  },
  requestReboot: (state) => (state === 'absent' ? notDefined : isLive(state) ? act('pressReboot') : wrongState(state)),
  reset: (state) =>
    state === 'absent' ? notDefined : isLive(state) || state === 'paused' ? act('reset') : wrongState(state),
};

/** What `verb` means for a domain in `state`. */
export const domainPlan = (verb: DomainVerb, state: DomainState): DomainPlan => plans[verb](state);

export interface DomainOutcome {
  readonly state: DomainState;
  /** libvirt's reason of that state. */
  readonly reason: string;
  /** What the lifecycle event is called. */
  readonly cause: string;
}

/** The state after an act that succeeds. `pressPower` and `pressReboot` only ask the guest: the state stays. */
export function domainAfter(act: DomainAct, before: DomainOutcome): DomainOutcome {
  switch (act) {
    case 'define':
      return isActive(before.state) ? before : { state: 'shutoff', reason: 'unknown', cause: 'defined' };
    case 'start':
      return { state: 'running', reason: 'booted', cause: 'started' };
    case 'destroy':
      return { state: 'shutoff', reason: 'destroyed', cause: 'stopped' };
    case 'undefine':
      return { state: 'absent', reason: 'unknown', cause: 'undefined' };
    case 'suspend':
      return { state: 'paused', reason: 'user', cause: 'suspended' };
    case 'resume':
      return { state: 'running', reason: 'unpaused', cause: 'resumed' };
    case 'pressPower':
    case 'pressReboot':
    case 'reset':
      return before;
  }
}
