import { read } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import type { Parts } from '../../parts.ts';
import { groupPage } from '../../store/group-store.ts';
import { offsetNext, offsetPage } from '../../store/page.ts';
import { groupShapes } from './group-shape.ts';

export const accountGroupList = (parts: Parts): OwnDeed<'accountGroup', 'list'> =>
  read(async ({ input, ctx }) => {
    const page = offsetPage(input);
    const { rows, total } = await groupPage(parts.db, { search: input.search || undefined, sort: input.sort }, page);
    const ids = rows.map(({ id }) => id);
    return { items: await groupShapes(parts.db, ids, ctx.locale), total, nextCursor: offsetNext(page, total) };
  });
