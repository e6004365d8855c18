import type { OwnDeeds } from '../../http/own-call.ts';
import type { Parts } from '../../parts.ts';
import { loginPolicyGet } from './get.ts';
import { loginPolicySetDutySeparation } from './set-duty-separation.ts';
import { loginPolicyUpdate } from './update.ts';

export const loginPolicyDeeds = (parts: Parts): OwnDeeds['loginPolicy'] => ({
  get: loginPolicyGet(parts),
  update: loginPolicyUpdate(parts),
  setDutySeparation: loginPolicySetDutySeparation(parts),
});
