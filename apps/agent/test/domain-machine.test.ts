import fc from 'fast-check';
import { expect, test } from 'vitest';
import { domainState, type DomainState } from '@basalt/contract/agent/index';
import { domainAfter, domainPlan, isActive, type DomainVerb } from '../src/domain-machine.ts';

const verbs = [
  'ensureDefined',
  'ensureAbsent',
  'ensureRunning',
  'ensureOff',
  'ensurePaused',
  'ensureResumed',
  'requestShutdown',
  'requestReboot',
  'reset',
] as const satisfies readonly DomainVerb[];
const anyVerb = fc.constantFrom(...verbs);
const anyState = fc.constantFrom(...domainState.options);

function played(verb: DomainVerb, state: DomainState): DomainState | null {
  const plan = domainPlan(verb, state);
  if (plan.kind === 'refuse') return null;
  if (plan.kind === 'done') return state;
  let now = { state, reason: '', cause: '' };
  for (const act of plan.acts) now = domainAfter(act, now);
  return now.state;
}

test('[VM-26] an ensure that was carried out once has nothing left to do', () => {
  fc.assert(
    fc.property(anyVerb, anyState, (verb, state) => {
      if (!verb.startsWith('ensure') || verb === 'ensureDefined') return;
      const after = played(verb, state);
      if (after !== null) expect(domainPlan(verb, after)).toEqual({ kind: 'done' });
    }),
  );
});

test('[VM-26] off and absent can be reached from every state, and nothing is started but by ensureRunning', () => {
  fc.assert(
    fc.property(fc.array(anyVerb, { maxLength: 12 }), anyState, (path, from) => {
      let state = from;
      for (const verb of path) {
        const plan = domainPlan(verb, state);
        if (plan.kind === 'act' && plan.acts.includes('start')) expect(verb).toBe('ensureRunning');
        state = played(verb, state) ?? state;
      }
      expect(isActive(played('ensureOff', state) ?? 'running')).toBe(false);
      expect(played('ensureAbsent', state)).toBe('absent');
    }),
  );
});

test('[VM-04] what makes no sense is refused with its reason', () => {
  expect(domainPlan('ensureRunning', 'absent')).toEqual({
    kind: 'refuse',
    reason: 'the domain is not defined on this host',
  });
  expect(domainPlan('ensureRunning', 'paused')).toEqual({ kind: 'refuse', reason: 'the domain is paused' });
  expect(domainPlan('reset', 'shutoff')).toEqual({ kind: 'refuse', reason: 'the domain is shutoff' });
  expect(domainPlan('ensureRunning', 'crashed')).toEqual({ kind: 'act', acts: ['destroy', 'start'] });
});
