import { BasaltError, both } from '@basalt/contract';
import { change } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { kinds } from '../../identity/account-refusal.ts';
import type { Parts } from '../../parts.ts';
import { rightsLock, roleHolders, roleRemove } from '../../store/role-store.ts';
import { roleOrThrow } from './role-shape.ts';

const SHOWN = 5;

/** @throws BasaltError inUse naming who has it. */
export const roleDelete = (_parts: Parts): OwnDeed<'role', 'delete'> =>
  change(async ({ input, work }) => {
    const { tx } = work;
    await rightsLock(tx);
    const role = await roleOrThrow(tx, input.id);
    work.resource('role', role.id, role.name);
    const holders = await roleHolders(tx, input.id);
    if (holders.length > 0) {
      const shown = holders.slice(0, SHOWN).map(({ name, email }) => email ?? name);
      const more = holders.length - shown.length;
      const users = both(
        shown.join('、') + (more > 0 ? ` 等 ${holders.length} 个` : ''),
        shown.join(', ') + (more > 0 ? ` and ${more} more` : ''),
      );
      throw new BasaltError('inUse', { kind: kinds.role, users });
    }
    await roleRemove(tx, role.id);
    work.detail({ level: role.level, dataScope: role.dataScope, permissions: role.permissions });
    return {};
  });
