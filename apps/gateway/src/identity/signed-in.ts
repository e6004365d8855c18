import type {
  AccountId,
  ApiKeyId,
  CurrentSession,
  Locale,
  LoginPolicy,
  Permission,
  ResourceScope,
  SourceLimits,
} from '@basalt/contract';
import { effectiveOf, everyPermission } from './effective.ts';
import type { AccountRow } from '../store/account-store.ts';
import type { SessionWithAccount } from '../store/session-store.ts';
import { passwordExpiryOf } from './password-expiry.ts';

/** Who sends a request, as the database said a moment ago. */
export interface SignedIn {
  readonly sessionId: string;
  readonly accountId: AccountId;
  readonly email: string;
  readonly name: string;
  readonly level: 'system' | 'region';
  /** What holds for every resource of the granted regions, for own ones, for chosen ones; `may` is all of it. */
  readonly permissions: ReadonlySet<Permission>;
  readonly own: ReadonlySet<Permission>;
  readonly scoped: readonly { readonly permissions: readonly Permission[]; readonly scope: ResourceScope }[];
  readonly may: ReadonlySet<Permission>;
  /** What the assertion carries: `*` in place of a list of everything. */
  readonly vouched: '*' | Permission[];
  /** Null: every region. */
  readonly regions: ReadonlySet<string> | null;
  readonly mustChangePassword: boolean;
  readonly passwordReason: CurrentSession['passwordReason'];
  /** The key by which the request was signed; null: a session of a browser or of set-up. */
  readonly apiKeyId: ApiKeyId | null;
  /** Whom an administrator looks as; nothing can be changed then. */
  readonly seeAs: CurrentSession['seeAs'];
  /** Where from and when the account may be used. */
  readonly limits: SourceLimits;
  readonly locale: Locale | null;
  readonly theme: CurrentSession['theme'];
  readonly absoluteEnd: number;
  readonly lastSignIn: CurrentSession['lastSignIn'];
  /** Changes when something does that decides what the account may do. */
  readonly rightsKey: string;
  /** Milliseconds since 1970; moves with the user's actions, not with background traffic. */
  lastSeenAt: number;
}

export const limitsOf = ({ sources, hours, timeZone }: AccountRow): SourceLimits => ({ sources, hours, timeZone });

type Told = Pick<SessionWithAccount['session'], 'origin' | 'passwordComplies'>;

/** Why the password must be changed before anything else, or null. */
export function passwordReasonOf(
  { origin, passwordComplies }: Told,
  account: Pick<AccountRow, 'mustChangePassword' | 'passwordChangedAt'>,
  { password }: Pick<LoginPolicy, 'password'>,
): CurrentSession['passwordReason'] {
  // a session that the machine's own administrator issued for set-up cannot change anybody's password and needs not
  if (origin === 'machine') return null;
  if (account.mustChangePassword) return 'first';
  const expiry = passwordExpiryOf(account, password);
  if (expiry && expiry <= new Date()) return 'expired';
  return password.forceChangeWhenNonCompliant && !passwordComplies ? 'policy' : null;
}

export function signedInOf({ session, account, bindings }: SessionWithAccount, policy: LoginPolicy): SignedIn {
  const effective = effectiveOf(account.level, bindings);
  const { permissions } = effective;
  const { previousSignInAt, previousSignInAddress } = session;
  const passwordReason = passwordReasonOf(session, account, policy);
  return {
    sessionId: session.id,
    accountId: account.id as AccountId,
    email: account.email,
    name: account.name,
    level: account.level,
    ...effective,
    vouched: permissions.size === everyPermission ? '*' : [...permissions],
    regions: account.level === 'system' ? null : new Set(account.regions),
    mustChangePassword: passwordReason !== null,
    passwordReason,
    apiKeyId: null,
    seeAs: null,
    limits: limitsOf(account),
    locale: account.locale,
    theme: account.theme,
    absoluteEnd: session.absoluteEnd.getTime(),
    lastSignIn:
      previousSignInAt && previousSignInAddress
        ? { at: previousSignInAt.toISOString(), address: previousSignInAddress }
        : null,
    rightsKey: `${JSON.stringify(bindings)}/${account.locale ?? ''}/${account.name}`,
    lastSeenAt: session.lastSeenAt.getTime(),
  };
}
