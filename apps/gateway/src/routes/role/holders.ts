import { read } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { isBuiltInRole } from '../../identity/effective.ts';
import type { Parts } from '../../parts.ts';
import { offsetNext, offsetPage } from '../../store/page.ts';
import { roleHolders } from '../../store/role-store.ts';
import { roleOrThrow } from './role-shape.ts';

/** Accounts and groups that the role itself is given to; members of such a group have it by the group. */
export const roleHolderList = (parts: Parts): OwnDeed<'role', 'holders'> =>
  read(async ({ input, ctx }) => {
    if (!isBuiltInRole(input.id)) await roleOrThrow(parts.db, input.id);
    const page = offsetPage(input);
    const search = input.search?.toLowerCase() ?? '';
    const found = (await roleHolders(parts.db, input.id)).filter(({ name, email }) =>
      [name, email ?? ''].some((text) => text.toLowerCase().includes(search)),
    );
    const members = (n: number): string => (ctx.locale === 'zh-CN' ? `${n} 个成员` : `${n} members`);
    return {
      items: found
        .slice(page.offset, page.offset + page.limit)
        .map(({ kind, id, name, email, members: n }) => ({ kind, id, name, detail: email ?? members(n ?? 0) })),
      total: found.length,
      nextCursor: offsetNext(page, found.length),
    };
  });
