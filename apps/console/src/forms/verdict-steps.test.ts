import { expect, test } from 'vitest';
import { verdictSteps } from './verdict-steps.ts';

const stages = ['resolve', 'connect', 'tls', 'auth', 'sender', 'recipient', 'content', 'sent'] as const;

test('[SET-01] the failing stage is marked; what comes before it passed, what comes after was not reached', () => {
  expect(verdictSteps(stages, { ok: false, stage: 'auth' }).map(({ stage, tone }) => `${stage} ${tone}`)).toEqual([
    'resolve ok',
    'connect ok',
    'tls ok',
    'auth err',
    'sender off',
    'recipient off',
    'content off',
    'sent off',
  ]);
});

test('[SET-01] a mail that was sent passed all stages but those the settings do without', () => {
  const found = verdictSteps(stages, { ok: true, stage: 'sent' }, ['tls', 'auth']);
  expect(found.filter(({ tone }) => tone !== 'ok').map(({ stage }) => stage)).toEqual(['tls', 'auth']);
  expect(found.filter(({ skipped }) => skipped)).toHaveLength(2);
});

test('[SET-01] the stage that failed is not skipped, even where the settings do without it', () => {
  const found = verdictSteps(stages, { ok: false, stage: 'tls' }, ['tls']);
  expect(found[2]).toEqual({ stage: 'tls', tone: 'err', skipped: false });
});
