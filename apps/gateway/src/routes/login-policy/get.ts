import { read } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import type { Parts } from '../../parts.ts';

/** SET-05: as it holds now, read anew so that its version is the one a change is made from. */
export const loginPolicyGet = (parts: Parts): OwnDeed<'loginPolicy', 'get'> => read(async () => parts.policy.refresh());
