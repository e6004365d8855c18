import { builtInRoles, type BuiltInRole } from '@basalt/contract';
import { newId } from '@basalt/service';
import { accountAdd } from '../store/account-store.ts';
import type { Executor } from '../store/database.ts';
import { roleBindings } from '../store/schema.ts';
import { passwordHash } from './password-hash.ts';
import { passwordGenerate } from './password-policy.ts';

export const BUILT_IN_ADMINISTRATOR = 'admin@basalt.local';

export interface AccountWish {
  readonly email: string;
  readonly name: string;
  readonly role: BuiltInRole;
  readonly regions: readonly string[];
  readonly builtIn?: boolean;
  /** Given by tests and set-up; else one is generated. */
  readonly password?: string;
  readonly mustChangePassword?: boolean;
}

/**
 * Adds an account with a generated password that must be changed at first sign-in.
 * @returns the password, to be shown once; null when the e-mail address is taken.
 */
export async function accountCreate(db: Executor, wish: AccountWish): Promise<string | null> {
  const password = wish.password ?? passwordGenerate();
  const id = newId();
  const added = await accountAdd(db, {
    id,
    email: wish.email,
    name: wish.name,
    level: builtInRoles[wish.role].level,
    regions: [...wish.regions],
    builtIn: wish.builtIn ?? false,
    passwordHash: await passwordHash(password),
    passwordChangedAt: new Date(),
    mustChangePassword: wish.mustChangePassword ?? true,
  });
  if (!added) return null;
  await db.insert(roleBindings).values({ id: newId(), accountId: id, role: wish.role });
  return password;
}
