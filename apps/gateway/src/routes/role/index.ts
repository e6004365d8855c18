import type { OwnDeeds } from '../../http/own-call.ts';
import type { Parts } from '../../parts.ts';
import { pending } from '../pending.ts';

export const roleDeeds = (_parts: Parts): OwnDeeds['role'] => ({
  list: pending,
  get: pending,
  holders: pending,
  create: pending,
  clone: pending,
  update: pending,
  delete: pending,
});
