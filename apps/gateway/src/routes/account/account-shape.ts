import {
  builtInRoles,
  type Account,
  type AccountId,
  type Locale,
  type RegionKey,
  type RoleBinding,
} from '@basalt/contract';
import { notFound } from '../../identity/account-refusal.ts';
import { isBuiltInRole } from '../../identity/effective.ts';
import { passwordExpiryOf } from '../../identity/password-expiry.ts';
import { limitsOf } from '../../identity/signed-in.ts';
import type { Parts } from '../../parts.ts';
import { accountById, accountFigures, accountsByIds, type AccountRow } from '../../store/account-store.ts';
import type { Executor } from '../../store/database.ts';
import { groupsOf } from '../../store/group-store.ts';
import { bindingsOf } from '../../store/role-store.ts';

/** A role's name as it is shown: built-in ones in the reader's language. */
export const roleNameOf = (role: string, customName: string | null, locale: Locale): string =>
  isBuiltInRole(role) ? builtInRoles[role].label[locale] : (customName ?? role);

/** Bindings of accounts or groups in the contract's form, by holder. */
export async function bindingShapes(
  db: Executor,
  by: 'accountId' | 'groupId',
  ids: readonly string[],
  locale: Locale,
): Promise<ReadonlyMap<string, RoleBinding[]>> {
  const shapes = new Map<string, RoleBinding[]>();
  for (const row of await bindingsOf(db, by, ids)) {
    const holder = row[by] ?? '';
    const shape: RoleBinding = {
      id: row.id as RoleBinding['id'],
      role: row.role as RoleBinding['role'],
      scope: row.scope,
      roleName: roleNameOf(row.role, row.roleName, locale),
    };
    shapes.set(holder, [...(shapes.get(holder) ?? []), shape]);
  }
  return shapes;
}

/** Since when somebody who has done nothing counts as gone. */
export const notIdleSince = (parts: Parts): Date =>
  new Date(Date.now() - parts.policy.now().session.idleMinutes * 60_000);

/** Accounts as the contract shows them, in the order of the ids; one that is gone is left out. */
export async function accountShapes(
  parts: Parts,
  db: Executor,
  ids: readonly string[],
  locale: Locale,
): Promise<Account[]> {
  const rows = new Map((await accountsByIds(db, ids)).map((row) => [row.id, row]));
  const figures = await accountFigures(db, ids, notIdleSince(parts));
  const own = await bindingShapes(db, 'accountId', ids, locale);
  const groups = await groupsOf(db, ids);
  const groupBindings = await bindingShapes(db, 'groupId', [...new Set(groups.map(({ id }) => id))], locale);
  const { password } = parts.policy.now();
  return ids.flatMap((id): Account[] => {
    const row = rows.get(id);
    if (!row) return [];
    const figure = figures.get(id);
    return [
      {
        id: row.id as AccountId,
        email: row.email,
        name: row.name,
        note: row.note,
        level: row.level,
        regions: row.regions as RegionKey[],
        bindings: own.get(id) ?? [],
        groups: groups
          .filter(({ accountId }) => accountId === id)
          .map((group) => ({
            id: group.id as Account['groups'][number]['id'],
            name: group.name,
            bindings: groupBindings.get(group.id) ?? [],
          })),
        builtIn: row.builtIn,
        frozen: row.frozen,
        lockedUntil: figure?.lockedUntil?.toISOString() ?? null,
        totp: row.totpSecret !== null,
        mustChangePassword: row.mustChangePassword,
        passwordChangedAt: row.passwordChangedAt.toISOString(),
        passwordExpiresAt: passwordExpiryOf(row, password)?.toISOString() ?? null,
        limits: limitsOf(row),
        sessions: figure?.sessions ?? 0,
        apiKeys: figure?.apiKeys ?? 0,
        lastSignIn:
          row.lastSignInAt && row.lastSignInAddress
            ? { at: row.lastSignInAt.toISOString(), address: row.lastSignInAddress }
            : null,
        createdAt: row.createdAt.toISOString(),
      },
    ];
  });
}

/** @throws BasaltError notFound. */
export async function accountShape(parts: Parts, db: Executor, id: string, locale: Locale): Promise<Account> {
  const [found] = await accountShapes(parts, db, [id], locale);
  if (!found) throw notFound('account');
  return found;
}

/** @throws BasaltError notFound. */
export async function accountOrThrow(db: Executor, id: string): Promise<AccountRow> {
  const row = await accountById(db, id);
  if (!row) throw notFound('account');
  return row;
}
