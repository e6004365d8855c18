import { regionKey, webhookInput } from '@basalt/contract';
import { expect, test } from 'vitest';
import {
  formOf,
  headerAdded,
  inputOf,
  networksOf,
  switched,
  webhookFieldOf,
  type WebhookStored,
} from './webhook-form.ts';

const stored: WebhookStored = {
  name: 'CMDB',
  url: 'https://cmdb.example.com/basalt',
  enabled: true,
  regions: [regionKey.parse('hz1')],
  kinds: ['vm'],
  ca: '',
  headers: ['authorization'],
};

test('[API-03] a header’s value stays as it is unless another is typed', () => {
  const form = formOf(stored);
  expect(form.headers).toEqual([{ key: 0, name: 'authorization', value: '', stored: true }]);
  expect(inputOf(form).headers).toEqual([{ name: 'authorization' }]);
  const typed = form.headers.map((row) => ({ ...row, value: 'Bearer b' }));
  expect(inputOf({ ...form, headers: typed }).headers).toEqual([{ name: 'authorization', value: 'Bearer b' }]);
  expect(webhookInput.safeParse(inputOf(form)).success).toBe(true);
});

test('[API-03] a new header needs a value; rows that are empty are left out', () => {
  const form = formOf(undefined);
  const rows = headerAdded(headerAdded(form.headers));
  expect(rows.map(({ key }) => key)).toEqual([0, 1]);
  const [first, second] = rows;
  const input = inputOf({
    ...form,
    name: ' a ',
    url: 'https://a.example',
    headers: [{ ...first!, name: 'x-key' }, second!],
  });
  expect(input.headers).toEqual([{ name: 'x-key', value: '' }]);
  expect(input.name).toBe('a');
  expect(webhookInput.safeParse(input).success).toBe(false);
});

test('[API-03] switching off changes nothing else', () => {
  expect(switched(stored, false)).toEqual({ ...inputOf(formOf(stored)), enabled: false });
});

test('[API-03] what the contract finds within a list belongs to its field', () => {
  expect(webhookFieldOf('headers.0.name')).toBe('headers');
  expect(webhookFieldOf('url')).toBe('url');
});

test('[API-03] networks stand on lines of their own, however they are separated', () => {
  expect(networksOf(' 10.0.0.0/8\n\n192.168.1.0/24, fd00::/8；127.0.0.0/8 ')).toEqual([
    '10.0.0.0/8',
    '192.168.1.0/24',
    'fd00::/8',
    '127.0.0.0/8',
  ]);
});
