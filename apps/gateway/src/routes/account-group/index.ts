import type { OwnDeeds } from '../../http/own-call.ts';
import type { Parts } from '../../parts.ts';
import { pending } from '../pending.ts';

export const accountGroupDeeds = (_parts: Parts): OwnDeeds['accountGroup'] => ({
  list: pending,
  get: pending,
  create: pending,
  update: pending,
  delete: pending,
});
