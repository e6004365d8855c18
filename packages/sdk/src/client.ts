/**
 * A typed client of every procedure of the contract, over REST, signed with an API key. Nothing here is written per
 * procedure: names, inputs and outputs are the contract's.
 */
import {
  EMPTY_HASH,
  procedures,
  type Locale,
  type Procedure,
  type Procedures,
  type ProcedureTree,
} from '@basalt/contract';
import type { z } from 'zod';
import { answerError, ApiError, ConnectionError } from './api-error.ts';
import { keepsToken, namesRegion, requestOf, type RestRequest } from './request.ts';
import { authorizationSign, hashOf, type ApiKeyPair } from './signing.ts';

export interface ClientOptions {
  /** Origin of the platform, such as `https://basalt.example`. */
  readonly url: string;
  readonly key: ApiKeyPair;
  /** Fills in `region` where a call names none. */
  readonly region?: string;
  /** Of texts in errors; default en-US. */
  readonly locale?: Locale;
  /** Tries after the first, of calls that may be repeated; default 3. */
  readonly retries?: number;
  /** Milliseconds for one try; default 30 000. */
  readonly timeout?: number;
  readonly fetch?: typeof fetch;
  /** Waits between tries; replaced in tests. */
  readonly sleep?: (ms: number) => Promise<void>;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Names of fields; lists answer only these of their rows. */
  readonly fields?: readonly string[];
}

type Optional<T, K extends string> = K extends keyof T ? Omit<T, K> & Partial<Pick<T, K>> : T;
type Input<P extends Procedure> = Optional<z.input<P['input']>, 'region'>;
type Call<P extends Procedure> =
  Record<never, never> extends Input<P>
    ? (input?: Input<P>, options?: CallOptions) => Promise<z.output<P['output']>>
    : (input: Input<P>, options?: CallOptions) => Promise<z.output<P['output']>>;

/** `client.vm.create({…})`: area and verb of every procedure. */
export type Calls = {
  readonly [A in keyof Procedures]: {
    readonly [V in keyof Procedures[A]]: Procedures[A][V] extends Procedure ? Call<Procedures[A][V]> : never;
  };
};

export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly query?: string;
  readonly body?: string | Uint8Array<ArrayBuffer> | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** False for streams, which have no end to wait for. */
  readonly timed?: boolean;
}

export interface Client extends Calls {
  readonly options: ClientOptions;
  /** A call by name, for programs that take names from elsewhere. */
  readonly call: (name: string, input?: Readonly<Record<string, unknown>>, options?: CallOptions) => Promise<unknown>;
  /** One signed request below `/api/v1`, without retries. @throws ApiError, ConnectionError. */
  readonly send: (request: Sent) => Promise<Response>;
}

const wait = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/** How long to wait before try `attempt` (from 1): what the platform says, else twice as long each time, spread out. */
function pause(error: unknown, attempt: number): number {
  if (error instanceof ApiError && error.retryAfter !== null) return error.retryAfter * 1_000;
  return Math.min(8_000, 250 * 2 ** attempt) * (0.5 + Math.random() / 2);
}

/** Made of the contract's own names, which no type of a loop over them can say. */
const typed = <T extends object>(made: object): T => made as T;

const mayHelp = (error: unknown): boolean =>
  error instanceof ConnectionError || (error instanceof ApiError && error.retryable);

/** Makes a client; nothing is sent before the first call. */
export function clientCreate(options: ClientOptions): Client {
  const { key, locale = 'en-US', retries = 3, timeout = 30_000, fetch: fetcher = fetch, sleep = wait } = options;
  const base = new URL('/api/v1', options.url);

  const send = async ({ method, path, query = '', body = null, headers, signal, timed = true }: Sent) => {
    const at = `${base.pathname}${path}`;
    const bodyHash = body === null ? EMPTY_HASH : await hashOf(body);
    const authorization = await authorizationSign(key, { method, path: at, query, bodyHash });
    const signals = [...(signal ? [signal] : []), ...(timed ? [AbortSignal.timeout(timeout)] : [])];
    let answer: Response;
    try {
      answer = await fetcher(`${base.origin}${at}${query === '' ? '' : `?${query}`}`, {
        method,
        headers: {
          authorization,
          'accept-language': locale,
          ...(typeof body === 'string' ? { 'content-type': 'application/json' } : {}),
          ...headers,
        },
        credentials: 'omit',
        redirect: 'error',
        ...(body === null ? {} : { body }),
        signal: AbortSignal.any(signals),
      });
    } catch (cause) {
      if (signal?.aborted) throw cause;
      throw new ConnectionError(`${base.origin} cannot be reached`, { cause });
    }
    if (!answer.ok) throw await answerError(answer);
    return answer;
  };

  const repeated = async (
    request: RestRequest,
    headers: Readonly<Record<string, string>>,
    tries: number,
    signal?: AbortSignal,
  ) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const answer = await send({ ...request, headers, signal });
        return await answer.json();
      } catch (error) {
        signal?.throwIfAborted();
        if (attempt > tries || !mayHelp(error)) throw error;
        await sleep(pause(error, attempt));
      }
    }
  };

  const tree: ProcedureTree = procedures;
  const one =
    (procedure: Procedure) =>
    (input: Readonly<Record<string, unknown>> = {}, given: CallOptions = {}) => {
      const filled = {
        ...(namesRegion(procedure) && options.region !== undefined ? { region: options.region } : {}),
        ...input,
      };
      const made = requestOf(procedure, filled);
      const fields = given.fields ? `fields=${encodeURIComponent(given.fields.join(','))}` : '';
      const request = { ...made, query: [made.query, fields].filter(Boolean).join('&') };
      const canRepeat = procedure.kind === 'query' || keepsToken(procedure);
      const token = typeof input['requestToken'] === 'string' ? input['requestToken'] : crypto.randomUUID();
      return repeated(
        request,
        keepsToken(procedure) ? { 'idempotency-key': token } : {},
        canRepeat ? retries : 0,
        given.signal,
      );
    };
  const calls = typed<Calls>(
    Object.fromEntries(
      Object.entries(tree).map(([area, verbs]) => [
        area,
        Object.fromEntries(Object.entries(verbs).map(([verb, procedure]) => [verb, one(procedure)])),
      ]),
    ),
  );

  return {
    ...calls,
    options,
    send,
    async call(name, input, given) {
      const [area = '', verb = ''] = name.split('.');
      const procedure = Object.hasOwn(tree, area) ? tree[area]?.[verb] : undefined;
      if (!procedure) throw new TypeError(`there is no procedure ${name}`);
      return one(procedure)(input, given);
    },
  };
}
