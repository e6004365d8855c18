/** Settings of sign-in and mail (SET-01, SET-05). Bounds and defaults: spec/tables/defaults.yaml. */
import { z } from 'zod';
import { email } from './account.ts';
import { timestamp } from './common.ts';

export const passwordPolicy = z.object({
  minLength: z.int().min(6).max(30),
  minClasses: z.int().min(2).max(4),
  forceChangeWhenNonCompliant: z.boolean(),
  expiryEnforced: z.boolean(),
  expiryDays: z.int().min(1).max(3650),
});

export const loginPolicyValues = z.object({
  password: passwordPolicy,
  lockout: z.object({
    enabled: z.boolean(),
    attempts: z.int().min(3).max(10),
    minutes: z.int().min(15).max(1440),
  }),
  session: z.object({
    single: z.boolean(),
    maxPerAccount: z.int().min(1).max(100),
    idleMinutes: z.int().min(15).max(1440),
  }),
  passwordReset: z.object({ linkMinutes: z.int().min(5).max(1440) }),
  apiKeysPerAccount: z.int().min(1).max(100),
});
export type LoginPolicyValues = z.infer<typeof loginPolicyValues>;

export const loginPolicyDefaults: LoginPolicyValues = {
  password: {
    minLength: 8,
    minClasses: 2,
    forceChangeWhenNonCompliant: false,
    expiryEnforced: true,
    expiryDays: 90,
  },
  lockout: { enabled: true, attempts: 5, minutes: 15 },
  session: { single: false, maxPerAccount: 10, idleMinutes: 30 },
  passwordReset: { linkMinutes: 30 },
  apiKeysPerAccount: 10,
};

export const loginPolicy = loginPolicyValues.extend({
  /** Separation of duties (IAM-18) is switched by a call of its own. */
  dutySeparation: z.boolean(),
  /** Moves with every change; an update from an older one is refused. */
  version: z.int(),
  updatedAt: timestamp.nullable(),
  updatedBy: z.string().nullable(),
});
export type LoginPolicy = z.infer<typeof loginPolicy>;

export const mailSecurity = z.enum(['none', 'ssl', 'starttls']);
export const mailServer = z.object({
  enabled: z.boolean(),
  host: z
    .string()
    .trim()
    .max(253)
    .regex(/^[A-Za-z0-9.:_-]*$/u, 'mailHost'),
  port: z.int().min(0).max(65_535),
  security: mailSecurity,
  /** Empty: the server wants no sign-in. */
  user: z.string().trim().max(254),
  sender: email,
  subjectPrefix: z.string().max(64),
  /** PEM of a private certificate authority, where the server's certificate is not publicly trusted. */
  ca: z.string().max(65_536).default(''),
});
export const mailSettings = mailServer.extend({
  sender: email.nullable(),
  hasPassword: z.boolean(),
  version: z.int(),
  updatedAt: timestamp.nullable(),
});
export type MailSettings = z.infer<typeof mailSettings>;

/** How far a test mail came, for the operator's eyes. */
export const mailVerdict = z.object({
  ok: z.boolean(),
  stage: z.enum(['resolve', 'connect', 'tls', 'auth', 'sender', 'recipient', 'content', 'sent']),
  /** In the caller's language. */
  text: z.string(),
  /** What the server said, as it said it; no credentials. */
  answer: z.string().nullable(),
});
export type MailVerdict = z.infer<typeof mailVerdict>;
