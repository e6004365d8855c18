/**
 * Whether a message that came to a receiver was sent by the platform, and is no old one sent again. By Web Crypto, as the
 * rest of the SDK, so that it runs wherever receivers do.
 */
import { webhookMessage, type WebhookMessage } from '@basalt/contract';

/** Why a message is not to be believed. */
export type WebhookFault = 'headers' | 'stale' | 'signature' | 'body';

export class WebhookError extends Error {
  override readonly name = 'WebhookError';
  /** `headers`: missing or malformed; `stale`: too old or from the future; `signature`: of another secret or body; `body`: no message. */
  readonly fault: WebhookFault;
  constructor(fault: WebhookFault, message: string, cause?: unknown) {
    super(message, { cause });
    this.fault = fault;
  }
}

/** What `Request.headers` of fetch is, or `request.headers` of Node.js. */
export type WebhookHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

export interface WebhookVerifyOptions {
  /** How far the sender's clock may be off, in seconds. */
  readonly toleranceSeconds?: number;
  /** Milliseconds since 1970; for tests. */
  readonly now?: number;
}

const PREFIX = 'whsec_';
const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

function headerOf(headers: WebhookHeaders, name: string): string {
  const value =
    headers instanceof Headers
      ? headers.get(name)
      : Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  if (typeof value !== 'string' || value === '') throw new WebhookError('headers', `the header ${name} is missing`);
  return value;
}

/** Null for what is not base64 in its one form: two texts of one signature would be two messages to whoever compares texts. */
function base64Bytes(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    const binary = atob(text);
    return btoa(binary) === text ? Uint8Array.from(binary, (char) => char.charCodeAt(0)) : null;
  } catch {
    return null;
  }
}

/**
 * The message, if it was signed with the secret within the last minutes.
 * @param body the bytes or the text as they came; not what a JSON parser made of them
 * @param secret `whsec_…` as it was told when the webhook was made, or when its secret was rotated
 * @throws WebhookError
 */
export async function webhookVerify(
  headers: WebhookHeaders,
  body: string | Uint8Array,
  secret: string,
  { toleranceSeconds = 300, now = Date.now() }: WebhookVerifyOptions = {},
): Promise<WebhookMessage> {
  const secretBytes = secret.startsWith(PREFIX) ? base64Bytes(secret.slice(PREFIX.length)) : null;
  if (!secretBytes || secretBytes.length === 0) throw new TypeError(`the secret is not ${PREFIX} and base64`);
  const id = headerOf(headers, 'webhook-id');
  const timestamp = headerOf(headers, 'webhook-timestamp');
  const signatures = headerOf(headers, 'webhook-signature');
  if (!/^\d{1,12}$/u.test(timestamp)) throw new WebhookError('headers', 'webhook-timestamp is not a time');
  if (!(Math.abs(now / 1_000 - Number(timestamp)) <= toleranceSeconds))
    throw new WebhookError('stale', `the message is more than ${toleranceSeconds} s away from now`);

  const bytes = typeof body === 'string' ? utf8(body) : body;
  const head = utf8(`${id}.${timestamp}.`);
  const signed = new Uint8Array(head.length + bytes.length);
  signed.set(head);
  signed.set(bytes, head.length);
  const key = await crypto.subtle.importKey('raw', secretBytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
  let isGood = false;
  // `verify` compares in constant time; while a secret is being exchanged there are two signatures
  for (const one of signatures.split(' ').slice(0, 10)) {
    const signature = one.startsWith('v1,') ? base64Bytes(one.slice(3)) : null;
    if (signature && (await crypto.subtle.verify('HMAC', key, signature, signed))) isGood = true;
  }
  if (!isGood) throw new WebhookError('signature', 'no signature fits the secret and the body');

  let given: unknown;
  try {
    given = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new WebhookError('body', 'the body is not JSON', cause);
  }
  const message = webhookMessage.safeParse(given);
  if (!message.success) throw new WebhookError('body', 'the body is no message of a webhook', message.error);
  if (message.data.id !== id) throw new WebhookError('body', 'the body is of another message than its headers');
  return message.data;
}
