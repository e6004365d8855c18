import type { OwnDeeds } from '../../http/own-call.ts';
import type { Parts } from '../../parts.ts';
import { pending } from '../pending.ts';

export const myAccountDeeds = (_parts: Parts): OwnDeeds['myAccount'] => ({
  get: pending,
  update: pending,
  changeEmail: pending,
  prepareTotp: pending,
  enableTotp: pending,
  disableTotp: pending,
  sessions: pending,
  endSession: pending,
  log: pending,
  apiKeys: pending,
  createApiKey: pending,
  updateApiKey: pending,
  deleteApiKey: pending,
});
