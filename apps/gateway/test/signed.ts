/** Signs requests as a program of its own would: nothing of the product's signing code is used here. */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { rest, type Answer, type Door } from './harness.ts';

export interface TestKey {
  readonly id: string;
  readonly publicKey: string;
  readonly privateKey: string;
}

export interface SignOptions {
  /** Seconds since 1970. */
  readonly time?: number;
  readonly nonce?: string;
  /** Signs another body than is sent. */
  readonly signedBody?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A key of the account whose session the cookie is. */
export async function keyCreate(
  door: Pick<Door, 'url'>,
  cookie: string,
  given: { readonly name?: string; readonly permissions?: readonly string[] | null } = {},
): Promise<TestKey> {
  const { status, body } = await rest(door, 'POST', '/my-account/api-keys', {
    cookie,
    body: { name: `key-${randomBytes(4).toString('hex')}`, ...given },
  });
  if (status !== 200) throw new Error(`no key: ${JSON.stringify(body)}`);
  const { key, privateKey } = body as { key: { id: string; publicKey: string }; privateKey: string };
  return { ...key, privateKey };
}

const pct = (text: string): string =>
  [...Buffer.from(text)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[A-Za-z0-9\-._~]/u.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');

/** The header for a request whose path and query stand in `path`. */
export function signature(key: TestKey, method: string, path: string, body: string, options: SignOptions = {}): string {
  const { time = Math.floor(Date.now() / 1_000), nonce = randomBytes(18).toString('base64url') } = options;
  const [bare = '', query = ''] = path.split('?');
  const pairs = [...new URLSearchParams(query)].map(([name, value]) => [pct(name), pct(value)] as const);
  const sorted = pairs.toSorted(
    ([a, x], [b, y]) =>
      Buffer.compare(Buffer.from(a), Buffer.from(b)) || Buffer.compare(Buffer.from(x), Buffer.from(y)),
  );
  const text = [
    'BASALT-HMAC-SHA256',
    method,
    bare,
    sorted.map((pair) => pair.join('=')).join('&'),
    createHash('sha256').update(body).digest('hex'),
    String(time),
    nonce,
  ].join('\n');
  const made = createHmac('sha256', key.privateKey).update(text).digest('base64url');
  return `Basalt-HMAC-SHA256 key=${key.publicKey}, time=${time}, nonce=${nonce}, signature=${made}`;
}

/** One signed request below /api/v1, sent byte for byte as given: no client tidies its path or its query. */
export function signedFetch(
  door: Pick<Door, 'url'>,
  key: TestKey,
  method: string,
  path: string,
  body?: unknown,
  options: SignOptions = {},
): Promise<Answer> {
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  const full = `/api/v1${path}`;
  return rawSend(door, method, full, text, {
    authorization: signature(key, method, full, options.signedBody ?? text, options),
    ...options.headers,
  });
}

export function rawSend(
  door: Pick<Door, 'url'>,
  method: string,
  path: string,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  const { hostname, port } = new URL(door.url);
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: hostname,
        port,
        method,
        path,
        agent: false,
        timeout: 20_000,
        headers: {
          ...(body === '' ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
          ...headers,
        },
      },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const isJson = answer.headers['content-type']?.includes('json');
          const given = new Headers();
          for (const [name, value] of Object.entries(answer.headers)) given.set(name, String(value));
          resolve({
            status: answer.statusCode ?? 0,
            headers: given,
            body: isJson ? (JSON.parse(text) as Record<string, unknown>) : { text },
            cookie: '',
          });
        });
      },
    );
    request.on('timeout', () => request.destroy(new Error('no answer in time')));
    request.on('error', reject);
    request.end(body);
  });
}
