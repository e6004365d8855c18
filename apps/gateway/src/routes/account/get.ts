import { read } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import type { Parts } from '../../parts.ts';
import { accountShape } from './account-shape.ts';

export const accountGet = (parts: Parts): OwnDeed<'account', 'get'> =>
  read(({ input, ctx }) => accountShape(parts, parts.db, input.id, ctx.locale));
