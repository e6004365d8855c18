import { read } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import type { Parts } from '../../parts.ts';
import { notificationGroupsOf } from '../../store/log-rule-store.ts';
import { offsetNext, offsetPage } from '../../store/page.ts';
import { groupShape } from './group-shape.ts';

export const notificationGroupList = ({ db }: Parts): OwnDeed<'notificationGroup', 'list'> =>
  read(async ({ input }) => {
    const page = offsetPage(input);
    const { rows, total } = await notificationGroupsOf(db, { ...page, search: input.search });
    return { items: rows.map(groupShape), total, nextCursor: offsetNext(page, total) };
  });
