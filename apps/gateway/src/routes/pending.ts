import { BasaltError } from '@basalt/contract';
import { read } from '../http/change.ts';

/** Declared, and being built. */
export const pending = read(async () => {
  throw new BasaltError('unavailable');
});
