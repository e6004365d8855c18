/** Roles and who they are given to. */
import { sql, type Column, type SQL } from 'drizzle-orm';
import type { Permission, ResourceScope } from '@basalt/contract';
import { accountGroupMembers, roleBindings, roles } from './schema.ts';

/** A binding of an account, its own or one of its groups', with what a custom role says; null there: a built-in role. */
export interface BindingFact {
  readonly role: string;
  readonly scope: ResourceScope | null;
  readonly permissions: readonly Permission[] | null;
  readonly dataScope: 'all' | 'own' | null;
}

/** All bindings that hold for the account of a row, as one column of its query. */
export const bindingFactsOf = (accountId: Column): SQL<BindingFact[]> => sql`(
  select coalesce(json_agg(json_build_object(
    'role', ${roleBindings.role}, 'scope', ${roleBindings.scope},
    'permissions', ${roles.permissions}, 'dataScope', ${roles.dataScope})), '[]')
  from ${roleBindings} left join ${roles} on ${roles.id}::text = ${roleBindings.role}
  where ${roleBindings.accountId} = ${accountId}
    or ${roleBindings.groupId} in (
      select ${accountGroupMembers.groupId} from ${accountGroupMembers}
      where ${accountGroupMembers.accountId} = ${accountId}))`;
