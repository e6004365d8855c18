import { expect, test } from 'vitest';
import { vmState, type VmState } from '@basalt/contract';
import { domainState, type DomainState } from '@basalt/contract/agent/schemas';
import { domainVerdict } from './domain-facts.ts';

const verdict = (state: VmState, domain: DomainState, reason = 'unknown') =>
  domainVerdict(state, { state: domain, reason, startedAt: null });

test('[VM-04] what only an operator may leave, no report leaves', () => {
  for (const state of ['deleted', 'destroyed', 'suspended', 'error'] as const)
    for (const domain of domainState.options) expect(verdict(state, domain)).toBeNull();
});

test('[VM-04] a report that says what is known changes nothing, and one verdict leads to peace', () => {
  for (const state of vmState.options)
    for (const domain of domainState.options) {
      const first = verdict(state, domain);
      if (first) expect(verdict(first.to, domain)).toBeNull();
    }
});

test.each<[VmState, DomainState, string, VmState, string]>([
  ['running', 'shutoff', 'shutdown', 'stopped', 'vm.guestPoweredOff'],
  ['running', 'shutoff', 'crashed', 'stopped', 'vm.crashed'],
  ['running', 'crashed', 'panicked', 'stopped', 'vm.crashed'],
  ['running', 'shutoff', 'destroyed', 'stopped', 'vm.stoppedOnHost'],
  ['running', 'paused', 'ioerror', 'paused', 'vm.ioError'],
  ['running', 'paused', 'user', 'paused', 'vm.paused'],
  ['paused', 'running', 'unpaused', 'running', 'vm.resumed'],
  ['unknown', 'running', 'booted', 'running', 'vm.foundRunning'],
  ['unknown', 'absent', 'unknown', 'stopped', 'vm.domainGone'],
  ['stopped', 'running', 'booted', 'running', 'vm.foundRunning'],
])('[VM-05] %s and reported %s (%s) becomes %s', (state, domain, reason, to, type) => {
  expect(verdict(state, domain, reason)).toMatchObject({ to, type });
});
