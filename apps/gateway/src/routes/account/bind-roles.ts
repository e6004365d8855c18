import { differences } from '@basalt/service';
import { change } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { accountsChanged } from '../../identity/account-changed.ts';
import { bindingsResolve, conflictsDemand, levelDemand, newBindingsDemand } from '../../identity/grants-bindings.ts';
import { grantDemand, grantorOf } from '../../identity/grants-check.ts';
import { groupBindings } from '../../identity/grants-groups.ts';
import { administratorsKept } from '../../identity/last-administrator.ts';
import type { Parts } from '../../parts.ts';
import { accountChange } from '../../store/account-store.ts';
import { groupsOf } from '../../store/group-store.ts';
import { bindingsOf, bindingsReplace } from '../../store/role-store.ts';
import { signedInOrThrow } from '../session/current-session.ts';
import { accountOrThrow, accountShape } from './account-shape.ts';

const told = (bindings: readonly { readonly role: string; readonly scope: unknown }[]) =>
  bindings.map(({ role, scope }) => ({ role, scope }));

/** Sets the roles of an account, and its level where that changes too. */
export const accountBindRoles = (parts: Parts): OwnDeed<'account', 'bindRoles'> =>
  change(async ({ input, ctx, work }) => {
    const { tx } = work;
    const session = signedInOrThrow(ctx);
    await administratorsKept(tx, 'demote', async () => {
      const account = await accountOrThrow(tx, input.id);
      work.resource('account', account.id, account.name);
      const level = input.level ?? account.level;
      const toHimself = account.id === session.accountId;
      const before = await bindingsOf(tx, 'accountId', [account.id]);
      const wished = await bindingsResolve(tx, input.bindings);
      work.detail(differences({ level: account.level, roles: told(before) }, { level, roles: told(input.bindings) }));
      levelDemand(level, wished, (i) => `bindings.${i}.role`);
      const grantor = await grantorOf(tx, session);
      newBindingsDemand(grantor, wished, before, toHimself);
      const byGroups = (await groupsOf(tx, [account.id])).map((group) => groupBindings(tx, group.id));
      const all = [...wished, ...(await Promise.all(byGroups)).flat()];
      levelDemand(level, all, () => 'level');
      // raised, the account may in all regions what it may in some
      if (level === 'system' && account.level === 'region') grantDemand(grantor, all, { toHimself, field: 'level' });
      await bindingsReplace(tx, { accountId: account.id }, input.bindings);
      await accountChange(tx, account.id, { level, regions: level === 'system' ? [] : account.regions });
      await conflictsDemand(tx, [account.id], 'bindings');
    });
    accountsChanged(parts, work, [input.id]);
    return accountShape(parts, tx, input.id, ctx.locale);
  });
