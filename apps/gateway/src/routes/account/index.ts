import type { OwnDeeds } from '../../http/own-call.ts';
import type { Parts } from '../../parts.ts';
import { pending } from '../pending.ts';

export const accountDeeds = (_parts: Parts): OwnDeeds['account'] => ({
  list: pending,
  get: pending,
  effective: pending,
  sessions: pending,
  create: pending,
  update: pending,
  setSourceLimits: pending,
  freeze: pending,
  unfreeze: pending,
  delete: pending,
  grantRegions: pending,
  bindRoles: pending,
  resetPassword: pending,
  resetTotp: pending,
  endSession: pending,
});
