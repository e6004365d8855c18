import {
  builtInRoles,
  rolePermissions,
  type AccountId,
  type BuiltInRole,
  type CurrentSession,
  type Locale,
  type Permission,
  permissionTable,
} from '@basalt/contract';
import type { SessionWithAccount } from '../store/session-store.ts';

/** Who sends a request, as the database said a moment ago. */
export interface SignedIn {
  readonly sessionId: string;
  readonly accountId: AccountId;
  readonly email: string;
  readonly name: string;
  readonly level: 'system' | 'region';
  readonly permissions: ReadonlySet<Permission>;
  /** What the assertion carries: `*` in place of a list of everything. */
  readonly vouched: '*' | Permission[];
  /** Null: every region. */
  readonly regions: ReadonlySet<string> | null;
  readonly mustChangePassword: boolean;
  readonly locale: Locale | null;
  readonly theme: CurrentSession['theme'];
  readonly absoluteEnd: number;
  readonly lastSignIn: CurrentSession['lastSignIn'];
  /** Changes when something does that decides what the account may do. */
  readonly rightsKey: string;
  /** Milliseconds since 1970; moves with the user's actions, not with background traffic. */
  lastSeenAt: number;
}

const isBuiltIn = (role: string): role is BuiltInRole => role in builtInRoles;
const everything = Object.keys(permissionTable).length;

/** The union over the account's roles (IAM-05). A role that is not known gives nothing. */
export function permissionsOf(roles: readonly string[]): ReadonlySet<Permission> {
  return new Set(roles.filter(isBuiltIn).flatMap((role) => [...rolePermissions(role)]));
}

export function signedInOf({ session, account }: SessionWithAccount): SignedIn {
  const permissions = permissionsOf(account.roles);
  const { previousSignInAt, previousSignInAddress } = session;
  return {
    sessionId: session.id,
    accountId: account.id as AccountId,
    email: account.email,
    name: account.name,
    level: account.level,
    permissions,
    vouched: permissions.size === everything ? '*' : [...permissions],
    regions: account.level === 'system' ? null : new Set(account.regions),
    // a session that the machine's own administrator issued for set-up cannot change anybody's password and needs not
    mustChangePassword: account.mustChangePassword && session.origin === 'signIn',
    locale: account.locale,
    theme: account.theme,
    absoluteEnd: session.absoluteEnd.getTime(),
    lastSignIn:
      previousSignInAt && previousSignInAddress
        ? { at: previousSignInAt.toISOString(), address: previousSignInAddress }
        : null,
    rightsKey: `${account.roles.join(',')}/${account.locale ?? ''}/${account.name}`,
    lastSeenAt: session.lastSeenAt.getTime(),
  };
}
