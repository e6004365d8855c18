import { networkInput } from '@basalt/contract';
import { expect, test } from 'vitest';
import { fieldErrors } from './field-errors.ts';

const found = (locale: 'zh-CN' | 'en-US') => {
  const parsed = networkInput.safeParse({ name: ' x', uplink: 'physnet1', vlan: 5000, subnet: { cidr: 'ten' } });
  return fieldErrors(parsed.error!, locale);
};

test('[BRD-01] what a schema finds is said once per field, in the reader’s language', () => {
  const [zh, en] = [found('zh-CN'), found('en-US')];
  expect(Object.keys(zh)).toEqual(['name', 'vlan', 'subnet.cidr']);
  expect(Object.keys(en)).toEqual(Object.keys(zh));
  expect(zh['vlan']).toContain('4094');
  expect(zh['vlan']).toMatch(/\p{Script=Han}/u);
  expect(en['vlan']).toContain('4094');
  expect(en['vlan']).not.toMatch(/\p{Script=Han}/u);
});

test('[BRD-01] a rule the contract names is said in its words', () => {
  expect(found('zh-CN')['name']).toContain('首尾不能是空格');
  expect(found('en-US')['name']).toContain('no space at either end');
});
