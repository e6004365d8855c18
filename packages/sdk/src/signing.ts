/** Signing with Web Crypto, which browsers and Node.js both have. */
import { authorizationOf, stringToSign, type SignedParts } from '@basalt/contract';

export interface ApiKeyPair {
  readonly publicKey: string;
  readonly privateKey: string;
}

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const hex = (buffer: ArrayBuffer): string =>
  Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('');
const base64url = (buffer: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

/** Hex SHA-256. */
export const hashOf = async (body: string | Uint8Array<ArrayBuffer>): Promise<string> =>
  hex(await crypto.subtle.digest('SHA-256', typeof body === 'string' ? bytes(body) : body));

/** The `authorization` header of one request; each request needs its own. `clockOffset`: seconds that the server is ahead. */
export async function authorizationSign(
  { publicKey, privateKey }: ApiKeyPair,
  request: Omit<SignedParts, 'time' | 'nonce'>,
  clockOffset = 0,
): Promise<string> {
  const time = Math.floor(Date.now() / 1_000) + clockOffset;
  const nonce = base64url(crypto.getRandomValues(new Uint8Array(18)).buffer);
  const key = await crypto.subtle.importKey('raw', bytes(privateKey), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
  ]);
  const signature = await crypto.subtle.sign('HMAC', key, bytes(stringToSign({ ...request, time, nonce })));
  return authorizationOf(publicKey, time, nonce, base64url(signature));
}
