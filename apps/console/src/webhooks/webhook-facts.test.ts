import { regionKey, webhookStage } from '@basalt/contract';
import { expect, test } from 'vitest';
import { rangeOf, stages, stagesWithout, urlParts, waitingOf } from './webhook-facts.ts';

test('[API-03] a list shows the host of an address and never its query, which may hold a key', () => {
  expect(urlParts('https://hooks.example.com:8443/in/basalt?token=s3cret')).toEqual({
    scheme: 'https://',
    host: 'hooks.example.com:8443',
    path: '/in/basalt',
    hidden: true,
  });
  expect(urlParts('http://10.0.0.5/')).toEqual({ scheme: 'http://', host: '10.0.0.5', path: '', hidden: false });
  expect(urlParts('nothing')).toEqual({ scheme: '', host: 'nothing', path: '', hidden: false });
});

test('[API-03] what waits is the sum of the regions, and unknown as long as one cannot be asked', () => {
  const place = (waiting: number | null) => ({ region: regionKey.parse('a'), delivered: 1, waiting });
  expect(waitingOf({ places: [place(2), place(3)] })).toBe(5);
  expect(waitingOf({ places: [place(2), place(null)] })).toBeNull();
  expect(waitingOf({ places: [] })).toBe(0);
});

test('[API-03] the steps of a verdict are the contract’s stages; without encryption one is passed over', () => {
  expect(stages).toEqual(webhookStage.options);
  expect(stagesWithout('http://a')).toEqual(['tls']);
  expect(stagesWithout('https://a')).toEqual([]);
});

test('[API-03] a message names the events in it by their numbers', () => {
  expect(rangeOf({ first: 4, last: 9 })).toBe('4–9');
  expect(rangeOf({ first: 4, last: 4 })).toBe('4');
  expect(rangeOf({ first: null, last: null })).toBeUndefined();
});
