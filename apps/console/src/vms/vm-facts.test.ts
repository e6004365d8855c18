import { expect, test } from 'vitest';
import { sizeText } from './vm-facts.tsx';

test('[VM-03] a size is written as cores and GiB', () => {
  expect(sizeText({ vcpu: 2, memory: 4 * 1024 ** 3 })).toBe('2C 4G');
  expect(sizeText({ vcpu: 1, memory: 1.5 * 1024 ** 3 })).toBe('1C 1.5G');
});
