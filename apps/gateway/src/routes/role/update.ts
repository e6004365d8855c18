import { differences } from '@basalt/service';
import { change } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { accountsChanged } from '../../identity/account-changed.ts';
import { invalid } from '../../identity/account-refusal.ts';
import { conflictsDemand } from '../../identity/grants-bindings.ts';
import { grantorOf } from '../../identity/grants-check.ts';
import type { Parts } from '../../parts.ts';
import { rightsLock, roleAccountIds, roleChange, roleIsNarrowed } from '../../store/role-store.ts';
import { given } from '../given.ts';
import { signedInOrThrow } from '../session/current-session.ts';
import { contentDemand, permissionsDemand } from './content.ts';
import { roleNameDemand, roleOrThrow, roleShape } from './role-shape.ts';

/** Holds for everybody who has the role, by himself or by a group, from his next request. */
export const roleUpdate = (parts: Parts): OwnDeed<'role', 'update'> =>
  change(async ({ input, ctx, work }) => {
    const { tx } = work;
    const { id, name, note } = input;
    const session = signedInOrThrow(ctx);
    await rightsLock(tx);
    const before = await roleOrThrow(tx, id);
    work.resource('role', id, before.name);
    if (name !== undefined) await roleNameDemand(tx, name, id);
    const dataScope = input.dataScope ?? before.dataScope;
    if (dataScope === 'own' && before.dataScope === 'all' && (await roleIsNarrowed(tx, id)))
      throw invalid(
        'dataScope',
        '该角色的部分授权已限定到所选资源，不能改为仅本人资源',
        'some who have the role have it for chosen resources; it cannot become one for own resources',
      );
    const wanted = input.permissions ?? before.permissions;
    const permissions = permissionsDemand(before.level, wanted);
    const holders = await roleAccountIds(tx, id);
    contentDemand(
      await grantorOf(tx, session),
      { permissions, dataScope },
      { before, wanted, toHimself: holders.includes(session.accountId) },
    );
    const wish = given({ name, note, dataScope });
    work.detail(differences({ name: before.name, note: before.note, dataScope: before.dataScope }, wish));
    const changed = {
      added: permissions.filter((key) => !before.permissions.includes(key)),
      removed: before.permissions.filter((key) => !permissions.includes(key)),
    };
    if (changed.added.length + changed.removed.length > 0) work.detail({ permissions: changed });
    await roleChange(tx, id, { ...wish, permissions });
    await conflictsDemand(tx, holders, 'permissions');
    accountsChanged(parts, work, holders);
    return roleShape(tx, id, ctx.locale);
  });
