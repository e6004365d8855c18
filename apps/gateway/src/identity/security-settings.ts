/** Bounds of sign-in, with the product's defaults. One object, so that a settings page can replace it and tests shorten it. */
export interface SecuritySettings {
  readonly password: { readonly minLength: number; readonly maxLength: number; readonly minClasses: number };
  readonly lockout: { readonly attempts: number; readonly minutes: number };
  readonly session: { readonly idleMinutes: number; readonly absoluteHours: number; readonly maxPerAccount: number };
  readonly rate: {
    /** Tries to sign in, per client address and minute. */
    readonly signInPerMinute: number;
    /** Requests without a session, per client address and minute. */
    readonly anonymousPerMinute: number;
    /** Requests of one session per second. */
    readonly sessionPerSecond: number;
  };
  readonly console: { readonly idleMinutes: number; readonly perSession: number; readonly recheckSeconds: number };
  readonly streamsPerSession: number;
  /** How long an answer of the session table is trusted without asking again. */
  readonly sessionCacheMs: number;
}

export const securityDefaults: SecuritySettings = {
  password: { minLength: 8, maxLength: 30, minClasses: 2 },
  lockout: { attempts: 5, minutes: 15 },
  session: { idleMinutes: 30, absoluteHours: 24, maxPerAccount: 10 },
  rate: { signInPerMinute: 60, anonymousPerMinute: 1_200, sessionPerSecond: 10_000 },
  console: { idleMinutes: 30, perSession: 32, recheckSeconds: 30 },
  streamsPerSession: 32,
  sessionCacheMs: 3_000,
};
