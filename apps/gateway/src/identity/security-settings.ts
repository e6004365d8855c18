import { loginPolicyDefaults, type LoginPolicyValues } from '@basalt/contract';

type Eased<T, K extends keyof T> = Omit<T, K> & Partial<Pick<T, K>>;

/**
 * Bounds of sign-in that the operator cannot change, and the values that hold until he changes the sign-in policy: tests
 * shorten them.
 */
export interface SecuritySettings {
  readonly password: Eased<
    LoginPolicyValues['password'],
    'forceChangeWhenNonCompliant' | 'expiryEnforced' | 'expiryDays'
  >;
  readonly lockout: Eased<LoginPolicyValues['lockout'], 'enabled'>;
  readonly session: Eased<LoginPolicyValues['session'], 'single'> & { readonly absoluteHours: number };
  /** After so many wrong tries one must work for the next: find an answer whose hash begins with so many zero bits. */
  readonly challenge: { readonly after: number; readonly bits: number; readonly minutes: number };
  readonly rate: {
    /** Tries to sign in, per client address and minute. */
    readonly signInPerMinute: number;
    /** Mails asked for without a session, per client address and hour. */
    readonly mailPerHour: number;
    /** Requests without a session, per client address and minute. */
    readonly anonymousPerMinute: number;
    /** Requests of one session per second. */
    readonly sessionPerSecond: number;
    /** Requests of one API key per second. */
    readonly apiKeyPerSecond: number;
  };
  readonly console: { readonly idleMinutes: number; readonly perSession: number; readonly recheckSeconds: number };
  readonly streamsPerSession: number;
  /** How long an answer of the session table is trusted without asking again. */
  readonly sessionCacheMs: number;
}

export const securityDefaults: SecuritySettings = {
  password: loginPolicyDefaults.password,
  lockout: loginPolicyDefaults.lockout,
  session: { ...loginPolicyDefaults.session, absoluteHours: 24 },
  challenge: { after: 2, bits: 18, minutes: 5 },
  rate: {
    signInPerMinute: 60,
    mailPerHour: 20,
    anonymousPerMinute: 1_200,
    sessionPerSecond: 10_000,
    apiKeyPerSecond: 200,
  },
  console: { idleMinutes: 30, perSession: 32, recheckSeconds: 30 },
  streamsPerSession: 32,
  sessionCacheMs: 3_000,
};
