import type { OwnDeeds } from '../../http/own-call.ts';
import type { Parts } from '../../parts.ts';
import { pending } from '../pending.ts';

export const notificationGroupDeeds = (_parts: Parts): OwnDeeds['notificationGroup'] => ({
  list: pending,
  create: pending,
  update: pending,
  delete: pending,
});
