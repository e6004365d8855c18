import { read } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { notFound } from '../../identity/account-refusal.ts';
import { effectiveOf } from '../../identity/effective.ts';
import type { Parts } from '../../parts.ts';
import { accountRights } from '../../store/role-store.ts';

/** What the account may do at this moment, with its groups and the separation of duties. */
export const accountEffective = (parts: Parts): OwnDeed<'account', 'effective'> =>
  read(async ({ input }) => {
    const found = await accountRights(parts.db, input.id);
    if (!found) throw notFound('account');
    const { permissions, own, scoped } = effectiveOf(found.level, found.bindings);
    return {
      permissions: [...permissions],
      own: [...own],
      scoped: scoped.map((part) => ({ permissions: [...part.permissions], scope: part.scope })),
      regions: found.level === 'system' ? null : found.regions,
    };
  });
