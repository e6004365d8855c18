import type { OwnDeeds } from '../../http/own-call.ts';
import type { Parts } from '../../parts.ts';
import { mailGet } from './get.ts';
import { mailTest } from './test.ts';
import { mailUpdate } from './update.ts';

export const mailDeeds = (parts: Parts): OwnDeeds['mail'] => ({
  get: mailGet(parts),
  update: mailUpdate(parts),
  test: mailTest(parts),
});
