import { expect, test } from 'vitest';
import { verdictSteps } from './verdict-steps.ts';

const tones = (...given: Parameters<typeof verdictSteps>) =>
  verdictSteps(...given).map(({ stage, tone }) => `${stage} ${tone}`);

test('[SET-01] the failing stage is marked; what comes before it passed, what comes after was not reached', () => {
  expect(tones({ ok: false, stage: 'auth' })).toEqual([
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
  const found = verdictSteps({ ok: true, stage: 'sent' }, ['tls', 'auth']);
  expect(found.filter(({ tone }) => tone !== 'ok').map(({ stage }) => stage)).toEqual(['tls', 'auth']);
  expect(found.filter(({ skipped }) => skipped)).toHaveLength(2);
});
