import type { OwnDeeds } from '../../http/own-call.ts';
import type { Parts } from '../../parts.ts';
import { apiKeysDeed, createApiKeyDeed, deleteApiKeyDeed, updateApiKeyDeed } from './api-keys.ts';
import { pending } from '../pending.ts';

export const myAccountDeeds = (parts: Parts): OwnDeeds['myAccount'] => ({
  get: pending,
  update: pending,
  changeEmail: pending,
  prepareTotp: pending,
  enableTotp: pending,
  disableTotp: pending,
  sessions: pending,
  endSession: pending,
  log: pending,
  apiKeys: apiKeysDeed(parts),
  createApiKey: createApiKeyDeed(parts),
  updateApiKey: updateApiKeyDeed(parts),
  deleteApiKey: deleteApiKeyDeed(parts),
});
