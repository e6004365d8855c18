import { read } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import type { Parts } from '../../parts.ts';
import { offsetNext, offsetPage } from '../../store/page.ts';
import { webhookPage } from '../../store/webhook-store.ts';
import { webhooksTold } from './webhook-shape.ts';

export const webhookList = (parts: Parts): OwnDeed<'webhook', 'list'> =>
  read(async ({ input: { search, sort, ...input }, ctx }) => {
    const page = offsetPage(input);
    const { rows, total } = await webhookPage(parts.db, { ...page, search, sort });
    return {
      items: await webhooksTold(parts, parts.db, rows, ctx.locale),
      total,
      nextCursor: offsetNext(page, total),
    };
  });
