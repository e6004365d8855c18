import { expect, test } from 'vitest';
import { changeRows, isMark, valueText } from './entry-changes.ts';

test('[AUD-01] changed values are rows with before and after', () => {
  expect(
    changeRows({
      name: { from: 'a', to: 'b' },
      password: { minLength: { from: 8, to: 12 }, expiryEnforced: { from: true, to: false } },
      regions: ['region-1'],
      count: 3,
    }),
  ).toEqual([
    { field: 'name', before: 'a', after: 'b', secret: false },
    { field: 'password.minLength', before: 8, after: 12, secret: false },
    { field: 'password.expiryEnforced', before: true, after: false, secret: false },
    { field: 'regions', after: ['region-1'], secret: false },
    { field: 'count', after: 3, secret: false },
  ]);
});

test('[AUD-01] of two objects only what differs is shown, and what was added counts from nothing', () => {
  expect(
    changeRows({ lockout: { from: { attempts: 5, minutes: 15 }, to: { attempts: 3, minutes: 15, on: true } } }),
  ).toEqual([
    { field: 'lockout.attempts', before: 5, after: 3, secret: false },
    { field: 'lockout.on', before: null, after: true, secret: false },
  ]);
});

test('[AUD-01] a secret is only said to have changed', () => {
  expect(changeRows({ password: true, sshKeys: 2 })).toEqual([
    { field: 'password', after: true, secret: true },
    { field: 'sshKeys', after: 2, secret: false },
  ]);
});

test('[AUD-01] values are words', () => {
  expect(valueText(true, '是', '否')).toBe('是');
  expect(valueText(null, '是', '否')).toBeUndefined();
  expect(valueText([1, 'a', false], '是', '否')).toBe('1, a, 否');
  expect(valueText([], '是', '否')).toBeUndefined();
  expect(valueText({ cidr: '10.0.0.0/8' }, '是', '否')).toBe('{"cidr":"10.0.0.0/8"}');
});

test('[AUD-01] a certificate is only said to be changed; a value that happens to read so is a value', () => {
  const [ca, name] = changeRows({ ca: 'changed', name: { from: 'a', to: 'changed' } });
  expect(ca && isMark(ca)).toBe(true);
  expect(name && isMark(name)).toBe(false);
});
