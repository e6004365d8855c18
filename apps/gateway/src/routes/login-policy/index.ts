import type { OwnDeeds } from '../../http/own-call.ts';
import type { Parts } from '../../parts.ts';
import { pending } from '../pending.ts';

export const loginPolicyDeeds = (_parts: Parts): OwnDeeds['loginPolicy'] => ({
  get: pending,
  update: pending,
  setDutySeparation: pending,
});
