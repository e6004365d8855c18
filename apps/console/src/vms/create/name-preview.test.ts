import { expect, test } from 'vitest';
import { batchNames } from './name-preview.ts';

test('[VM-01] several VMs get ordered suffixes of equal width, one keeps its name', () => {
  expect(batchNames('web', 1, 1)).toEqual({ first: 'web', last: 'web' });
  expect(batchNames('web', 4, 3)).toEqual({ first: 'web-03', last: 'web-06' });
  expect(batchNames('web', 5, 98)).toEqual({ first: 'web-098', last: 'web-102' });
});
