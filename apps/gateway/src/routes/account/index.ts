import type { OwnDeeds } from '../../http/own-call.ts';
import type { Parts } from '../../parts.ts';
import { accountBindRoles } from './bind-roles.ts';
import { accountCreate } from './create.ts';
import { accountDelete } from './delete.ts';
import { accountEffective } from './effective.ts';
import { accountEndSession } from './end-session.ts';
import { accountFreeze } from './freeze.ts';
import { accountGet } from './get.ts';
import { accountGrantRegions } from './grant-regions.ts';
import { accountList } from './list.ts';
import { accountResetPassword } from './reset-password.ts';
import { accountResetTotp } from './reset-totp.ts';
import { accountSessions } from './sessions.ts';
import { accountSetSourceLimits } from './set-source-limits.ts';
import { accountUnfreeze } from './unfreeze.ts';
import { accountUpdate } from './update.ts';

export const accountDeeds = (parts: Parts): OwnDeeds['account'] => ({
  list: accountList(parts),
  get: accountGet(parts),
  effective: accountEffective(parts),
  sessions: accountSessions(parts),
  create: accountCreate(parts),
  update: accountUpdate(parts),
  setSourceLimits: accountSetSourceLimits(parts),
  freeze: accountFreeze(parts),
  unfreeze: accountUnfreeze(parts),
  delete: accountDelete(parts),
  grantRegions: accountGrantRegions(parts),
  bindRoles: accountBindRoles(parts),
  resetPassword: accountResetPassword(parts),
  resetTotp: accountResetTotp(parts),
  endSession: accountEndSession(parts),
});
