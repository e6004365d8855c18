import { read } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import type { Parts } from '../../parts.ts';
import { offsetNext, offsetPage } from '../../store/page.ts';
import { rolesAll } from './role-shape.ts';

/** Roles are few: they are sorted and searched where the built-in ones, which no table has, stand beside the others. */
export const roleList = (parts: Parts): OwnDeed<'role', 'list'> =>
  read(async ({ input, ctx }) => {
    const page = offsetPage(input);
    const { builtIn, level } = input.filter;
    const search = input.search?.toLowerCase() ?? '';
    const found = (await rolesAll(parts.db, ctx.locale)).filter(
      (role) =>
        (builtIn === undefined || role.builtIn === builtIn) &&
        (level === undefined || role.level === level) &&
        [role.name, role.note, role.id].some((text) => text.toLowerCase().includes(search)),
    );
    return {
      items: found.slice(page.offset, page.offset + page.limit),
      total: found.length,
      nextCursor: offsetNext(page, found.length),
    };
  });
