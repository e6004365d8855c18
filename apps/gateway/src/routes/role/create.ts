import { newId } from '@basalt/service';
import { change } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { grantorOf } from '../../identity/grants-check.ts';
import type { Parts } from '../../parts.ts';
import { rightsLock, roleAdd } from '../../store/role-store.ts';
import { signedInOrThrow } from '../session/current-session.ts';
import { contentDemand, permissionsDemand } from './content.ts';
import { roleNameDemand, roleShape } from './role-shape.ts';

export const roleCreate = (_parts: Parts): OwnDeed<'role', 'create'> =>
  change(async ({ input, ctx, work }) => {
    const { tx } = work;
    const { name, note, level, dataScope } = input;
    await rightsLock(tx);
    await roleNameDemand(tx, name);
    const permissions = permissionsDemand(level, input.permissions);
    const grantor = await grantorOf(tx, signedInOrThrow(ctx));
    const content = { permissions, dataScope };
    contentDemand(grantor, content, { before: null, wanted: input.permissions, toHimself: false });
    const id = newId();
    await roleAdd(tx, { id, name, note, level, dataScope, permissions });
    work.resource('role', id, name);
    work.detail({ level, dataScope, permissions });
    return roleShape(tx, id, ctx.locale);
  });
