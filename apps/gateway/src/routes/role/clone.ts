import { newId } from '@basalt/service';
import { change } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { grantDemand, grantorOf } from '../../identity/grants-check.ts';
import type { Parts } from '../../parts.ts';
import { rightsLock, roleAdd } from '../../store/role-store.ts';
import { signedInOrThrow } from '../session/current-session.ts';
import { roleNameDemand, roleShape } from './role-shape.ts';

/** A custom role with the same content, of a built-in role or a custom one. */
export const roleClone = (_parts: Parts): OwnDeed<'role', 'clone'> =>
  change(async ({ input, ctx, work }) => {
    const { tx } = work;
    await rightsLock(tx);
    const of = await roleShape(tx, input.id, ctx.locale);
    work.detail({ of: of.name });
    await roleNameDemand(tx, input.name);
    const { note, level, dataScope, permissions } = of;
    const grantor = await grantorOf(tx, signedInOrThrow(ctx));
    grantDemand(grantor, [{ role: '', scope: null, permissions, dataScope }], { toHimself: false, field: 'id' });
    const id = newId();
    await roleAdd(tx, { id, name: input.name, note, level, dataScope, permissions });
    work.resource('role', id, input.name);
    return roleShape(tx, id, ctx.locale);
  });
