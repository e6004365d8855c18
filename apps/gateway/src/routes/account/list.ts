import { read } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import type { Parts } from '../../parts.ts';
import { accountPage } from '../../store/account-store.ts';
import { offsetNext, offsetPage } from '../../store/page.ts';
import { accountShapes } from './account-shape.ts';

export const accountList = (parts: Parts): OwnDeed<'account', 'list'> =>
  read(async ({ input, ctx }) => {
    const page = offsetPage(input);
    const { ids, total, facets } = await accountPage(parts.db, { ...input, search: input.search || undefined }, page);
    const items = await accountShapes(parts, parts.db, ids, ctx.locale);
    return { items, total, nextCursor: offsetNext(page, total), facets };
  });
