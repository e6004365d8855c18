import { read } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import type { Parts } from '../../parts.ts';
import { webhookTold } from './webhook-shape.ts';

export const webhookGet = (parts: Parts): OwnDeed<'webhook', 'get'> =>
  read(({ input: { id }, ctx }) => webhookTold(parts, parts.db, id, ctx.locale));
