import type { OwnDeeds } from '../../http/own-call.ts';
import type { Parts } from '../../parts.ts';
import { pending } from '../pending.ts';

export const mailDeeds = (_parts: Parts): OwnDeeds['mail'] => ({
  get: pending,
  update: pending,
  test: pending,
});
