/** The mail settings' form. The password is write-only: absent as it is, null for none. */
import type { mailServer, MailSettings } from '@basalt/contract';
import type { z } from 'zod';

export interface MailForm {
  enabled: boolean;
  host: string;
  port: number | null;
  security: MailSettings['security'];
  user: string;
  sender: string;
  subjectPrefix: string;
  ca: string;
  /** What becomes of the stored password. */
  secret: 'keep' | 'set' | 'none';
  password: string;
}

export const usualPorts = { ssl: 994, starttls: 587, none: 25 } as const satisfies Record<
  MailSettings['security'],
  number
>;
/** Of SET-01. */
export const defaultPort = 994;

export const mailFields = ['host', 'port', 'security', 'sender', 'user', 'password', 'subjectPrefix', 'ca'] as const;
export type MailField = (typeof mailFields)[number];

/** The form of stored settings; a platform that never had any begins with the usual ones. */
export function formOf(settings: MailSettings): MailForm {
  const { enabled, host, port, security, user, sender, subjectPrefix, ca } = settings;
  const begun = host !== '' || sender !== null;
  return {
    enabled,
    host,
    port: begun ? port : port || defaultPort,
    security,
    user,
    sender: sender ?? '',
    subjectPrefix,
    ca,
    secret: 'keep',
    password: '',
  };
}

type Server = z.input<typeof mailServer> & { password?: string | null };

/** What is sent. @returns the password only where it changes. */
export function serverOf(form: MailForm): { [Key in keyof Server]: unknown } {
  const { secret, password, ...server } = form;
  return { ...server, ...(secret === 'keep' ? {} : { password: secret === 'none' ? null : password }) };
}

/** Another kind of security brings its usual port along, unless an unusual one was typed. */
export function securityChange(form: MailForm, security: MailForm['security']): Partial<MailForm> {
  const usual = form.port === null || Object.values<number>(usualPorts).includes(form.port);
  return { security, ...(usual ? { port: usualPorts[security] } : {}) };
}
