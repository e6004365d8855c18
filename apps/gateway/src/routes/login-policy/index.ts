import type { OwnDeeds } from '../../http/own-call.ts';
import type { Parts } from '../../parts.ts';
import { pending } from '../pending.ts';
import { loginPolicySetDutySeparation } from './set-duty-separation.ts';

export const loginPolicyDeeds = (parts: Parts): OwnDeeds['loginPolicy'] => ({
  get: pending,
  update: pending,
  setDutySeparation: loginPolicySetDutySeparation(parts),
});
