import type { OwnDeeds } from '../../http/own-call.ts';
import type { Parts } from '../../parts.ts';
import { apiKeysDeed, createApiKeyDeed, deleteApiKeyDeed, updateApiKeyDeed } from './api-keys.ts';
import { myAccountChangeEmail } from './change-email.ts';
import { myAccountEndSession } from './end-session.ts';
import { myAccountGet } from './get.ts';
import { myAccountLog } from './log.ts';
import { myAccountSessions } from './sessions.ts';
import { myAccountDisableTotp, myAccountEnableTotp, myAccountPrepareTotp } from './totp.ts';
import { myAccountUpdate } from './update.ts';

export const myAccountDeeds = (parts: Parts): OwnDeeds['myAccount'] => ({
  get: myAccountGet(parts),
  update: myAccountUpdate(parts),
  changeEmail: myAccountChangeEmail(parts),
  prepareTotp: myAccountPrepareTotp(parts),
  enableTotp: myAccountEnableTotp(parts),
  disableTotp: myAccountDisableTotp(parts),
  sessions: myAccountSessions(parts),
  endSession: myAccountEndSession(parts),
  log: myAccountLog(parts),
  apiKeys: apiKeysDeed(parts),
  createApiKey: createApiKeyDeed(parts),
  updateApiKey: updateApiKeyDeed(parts),
  deleteApiKey: deleteApiKeyDeed(parts),
});
