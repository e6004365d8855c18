import type { Locale, Role } from '@basalt/contract';
import { read } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import type { Parts } from '../../parts.ts';
import { offsetNext, offsetPage } from '../../store/page.ts';
import { rolesAll } from './role-shape.ts';

type Field = 'name' | 'level' | 'permissions' | 'accounts' | 'groups' | 'createdAt';

/** Roles in another order than their own; those of equal value stay in it. Built-in ones are the oldest. */
function sorted(
  roles: readonly Role[],
  { field, order }: { readonly field: Field; readonly order: 'asc' | 'desc' },
  locale: Locale,
): Role[] {
  const { compare } = new Intl.Collator(locale, { numeric: true });
  const value = (role: Role): string | number =>
    field === 'permissions' ? role.permissions.length : field === 'createdAt' ? (role.createdAt ?? '') : role[field];
  const sign = order === 'asc' ? 1 : -1;
  return roles.toSorted((a, b) => {
    const [x, y] = [value(a), value(b)];
    return sign * (typeof x === 'number' && typeof y === 'number' ? x - y : compare(String(x), String(y)));
  });
}

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
    const items = input.sort ? sorted(found, input.sort, ctx.locale) : found;
    return {
      items: items.slice(page.offset, page.offset + page.limit),
      total: found.length,
      nextCursor: offsetNext(page, found.length),
    };
  });
