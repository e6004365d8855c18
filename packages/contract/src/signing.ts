/**
 * How a request is signed with an API key (IAM-15): what is signed, byte for byte, and the header that carries it. Door, SDK
 * and command line take it from here; who signs by other means has docs/api.md.
 */
export const SIGNATURE_SCHEME = 'Basalt-HMAC-SHA256';
/** How far the time of a signature may be from the door's, in seconds. */
export const SIGNATURE_WINDOW_S = 300;
/** Hex SHA-256 of a body that is streamed: declared here, signed, and compared with what came. Uploads only. */
export const CONTENT_HASH_HEADER = 'x-basalt-content-sha256';
/** Hex SHA-256 of no bytes. */
export const EMPTY_HASH = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

export interface SignedParts {
  /** Upper case. */
  readonly method: string;
  /** As it is sent, still encoded, without the query. */
  readonly path: string;
  /** As it is sent, without the question mark. */
  readonly query: string;
  /** Hex SHA-256 of the body's bytes. */
  readonly bodyHash: string;
  /** Seconds since 1970. */
  readonly time: number;
  readonly nonce: string;
}

const encode = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/gu,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
const decode = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '));
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * The pairs of a query sorted by name, then by value, each percent-encoded as RFC 3986 says (only letters, digits and
 * `-._~` stay as they are; a space is `%20`). Compared as encoded, so by bytes. A name without `=` has an empty value.
 * @throws URIError when something is not properly encoded.
 */
export function canonicalQuery(query: string): string {
  return query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair): [string, string] => {
      const at = pair.indexOf('=');
      return at < 0
        ? [encode(decode(pair)), '']
        : [encode(decode(pair.slice(0, at))), encode(decode(pair.slice(at + 1)))];
    })
    .toSorted(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** What is signed. @throws URIError as {@link canonicalQuery}. */
export const stringToSign = ({ method, path, query, bodyHash, time, nonce }: SignedParts): string =>
  [SIGNATURE_SCHEME.toUpperCase(), method, path, canonicalQuery(query), bodyHash, String(time), nonce].join('\n');

/** The value of `authorization`. `signature`: base64url of the HMAC-SHA256 whose key is the text of the private key. */
export const authorizationOf = (publicKey: string, time: number, nonce: string, signature: string): string =>
  `${SIGNATURE_SCHEME} key=${publicKey}, time=${time}, nonce=${nonce}, signature=${signature}`;

/** Only for whoever has signed in: credentials cannot make or change credentials, and consoles belong to a session. */
export const personOnly: ReadonlySet<string> = new Set([
  'session.signOut',
  'session.changePassword',
  'myAccount.changeEmail',
  'myAccount.prepareTotp',
  'myAccount.enableTotp',
  'myAccount.disableTotp',
  'myAccount.createApiKey',
  'myAccount.updateApiKey',
  'myAccount.deleteApiKey',
  'vm.console',
]);
