/** Standard Webhooks 1.0: HMAC-SHA256 over id, time and body, keyed with the bytes behind `whsec_`. */
import { createHmac, randomBytes } from 'node:crypto';

const PREFIX = 'whsec_';
/** For so long messages carry the signature of the secret before, too. */
export const OLD_SECRET_MS = 24 * 3_600_000;

export const secretNew = (): string => `${PREFIX}${randomBytes(32).toString('base64')}`;

const signatureOf = (secret: string, id: string, seconds: number, body: string): string =>
  `v1,${createHmac('sha256', Buffer.from(secret.slice(PREFIX.length), 'base64'))
    .update(`${id}.${seconds}.${body}`)
    .digest('base64')}`;

/** The three headers of a message; one signature for each secret. */
export function signedHeaders(
  secrets: readonly string[],
  id: string,
  body: string,
  now = Date.now(),
): Readonly<Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>> {
  const seconds = Math.floor(now / 1_000);
  return {
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': secrets.map((secret) => signatureOf(secret, id, seconds, body)).join(' '),
  };
}
