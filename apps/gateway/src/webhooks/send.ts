/**
 * Posts one message to a receiver: its name is resolved once, the connection goes to an address that was found permitted and
 * to no other, redirects are not followed, and the whole of it has one deadline. No proxy is used: it would resolve the name
 * anew. That a receiver does not take a message is an outcome, not an error.
 */
import { request, type IncomingMessage } from 'node:http';
import { connect as netConnect, isIP, type Socket } from 'node:net';
import { connect as tlsConnect, rootCertificates } from 'node:tls';
import type { StoredOutcome } from '../store/schema/webhook.ts';
import { addressPermitted } from './address-class.ts';
import { answerText, failureText, type Stage } from './outcome.ts';
import type { Resolve } from './resolve.ts';
import { retryAfter } from './retry.ts';
import { hostOf } from './url.ts';

const ANSWER_READ_MAX = 64 * 1024;
const ANSWER_KEPT_MAX = 1024;
const ADDRESSES_MAX = 8;

export interface Order {
  readonly url: string;
  /** PEM of a private authority, or empty. */
  readonly ca: string;
  /** Networks of the operator's own that may be sent to. */
  readonly allowed: readonly string[];
  /** Of the webhook: their values are cut out of what is kept of the answer. */
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly signed: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface SendOptions {
  readonly deadlineMs: number;
  readonly resolve: Resolve;
  readonly userAgent: string;
}

export interface Sent {
  readonly outcome: StoredOutcome;
  /** Milliseconds of patience that the receiver asks for. */
  readonly retryAfterMs: number | null;
}

class Refused extends Error {
  readonly address: string;
  constructor(address: string) {
    super(`${address} may not be sent to`);
    this.address = address;
  }
}

const opened = (socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.once(event, resolve);
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the connection was closed')));
  });

/** Printable text of at most 1 KiB, without values that an echoing receiver sends back. */
function answerKept(bytes: Buffer, values: readonly string[]): string | null {
  let text = bytes
    .toString('utf8')
    // oxlint-disable-next-line no-control-regex -- control characters are exactly what is cut out
    .replaceAll(/[\u0000-\u0008\u000B-\u001F\u007F\uFFFD]+/gu, ' ')
    .trim();
  for (const value of values)
    for (const form of new Set([value, JSON.stringify(value).slice(1, -1)])) text = text.replaceAll(form, '***');
  let kept = Buffer.from(text).subarray(0, ANSWER_KEPT_MAX).toString('utf8');
  if (kept.length < text.length) kept = kept.replace(/\uFFFD+$/u, '');
  return kept === '' ? null : kept;
}

/** What has come of an answer so far. */
interface Answer {
  status: number | null;
  retryAfter: string | null;
  readonly parts: Buffer[];
  size: number;
}

/** Reads an answer until its end or until it is too long; whoever sends it slowly is cut off by the deadline. */
function answerRead(response: IncomingMessage, answer: Answer): Promise<void> {
  answer.status = response.statusCode ?? 0;
  answer.retryAfter = response.headers['retry-after'] ?? null;
  return new Promise((resolve) => {
    response.on('data', (part: Buffer) => {
      answer.parts.push(part.subarray(0, ANSWER_READ_MAX - answer.size));
      answer.size += part.length;
      if (answer.size >= ANSWER_READ_MAX) {
        answer.size = ANSWER_READ_MAX;
        response.destroy();
      }
    });
    // what counts is the status; a body that breaks off changes nothing
    for (const event of ['end', 'error', 'close']) response.once(event, () => resolve());
  });
}

/** @throws Error when `stop` ends it; whether it was taken is not known then. */
export async function webhookSend(order: Order, options: SendOptions, stop: AbortSignal): Promise<Sent> {
  const { protocol, pathname, search, host: authority, port: givenPort } = new URL(order.url);
  const isTls = protocol === 'https:';
  const port = givenPort === '' ? (isTls ? 443 : 80) : Number(givenPort);
  const host = hostOf(order.url);
  const began = performance.now();
  const answer: Answer = { status: null, retryAfter: null, parts: [], size: 0 };
  const sockets: Socket[] = [];
  let stage: Exclude<Stage, 'done' | 'refused'> = 'resolve';
  let isOver = false;

  const keep = (socket: Socket): Socket => {
    sockets.push(socket);
    // whatever is found after the end is nobody's
    return socket.on('error', () => undefined);
  };

  const connected = async (): Promise<Socket> => {
    const found = isIP(host) ? [{ address: host, family: isIP(host) }] : [...(await options.resolve(host))];
    // the name came too late, and nothing may be sent any more
    if (isOver) throw new Error('it is over');
    const permitted = found.filter(({ address }) => addressPermitted(address, order.allowed)).slice(0, ADDRESSES_MAX);
    const [first] = permitted;
    if (!first) throw new Refused(found[0]?.address ?? '?');
    stage = 'connect';
    const plain = keep(
      netConnect({
        host,
        port,
        autoSelectFamily: true,
        lookup: (_name, asked, done) => (asked.all ? done(null, permitted) : done(null, first.address, first.family)),
      }),
    );
    await opened(plain, 'connect');
    if (!addressPermitted(plain.remoteAddress ?? '', order.allowed)) throw new Refused(plain.remoteAddress ?? '?');
    if (!isTls) return plain;
    stage = 'tls';
    const socket = keep(
      tlsConnect({
        socket: plain,
        host,
        ...(isIP(host) ? {} : { servername: host }),
        minVersion: 'TLSv1.2',
        ...(order.ca.trim() === '' ? {} : { ca: [...rootCertificates, order.ca] }),
      }),
    );
    await opened(socket, 'secureConnect');
    return socket;
  };

  const converse = async (): Promise<void> => {
    const socket = await connected();
    stage = 'send';
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const asked = request({
        createConnection: () => socket,
        method: 'POST',
        path: `${pathname}${search}`,
        headers: {
          'user-agent': options.userAgent,
          ...Object.fromEntries(order.headers.map(({ name, value }) => [name.toLowerCase(), value])),
          ...order.signed,
          host: authority,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(order.body),
          connection: 'close',
        },
      });
      asked.once('response', resolve);
      asked.once('error', reject);
      asked.once('upgrade', () => reject(new Error('the receiver wants another protocol')));
      asked.once('finish', () => (stage = 'answer'));
      asked.end(order.body);
    });
    await answerRead(response, answer);
  };

  let isLate = false;
  let timer: NodeJS.Timeout | undefined;
  let onStop: () => void = () => undefined;
  const ended = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      isLate = true;
      reject(new Error('no answer in time'));
    }, options.deadlineMs);
    onStop = () => reject(new Error('the service is ending'));
    stop.addEventListener('abort', onStop, { once: true });
  });
  const work = converse();
  // whoever loses the race still ends somewhere
  work.catch(() => undefined);
  const told = (outcome: Pick<StoredOutcome, 'ok' | 'stage' | 'text'>): Sent => ({
    outcome: {
      ...outcome,
      status: answer.status,
      milliseconds: Math.round(performance.now() - began),
      answer: answerKept(
        Buffer.concat(answer.parts),
        order.headers.map(({ value }) => value),
      ),
    },
    retryAfterMs: retryAfter(answer.retryAfter, Date.now()),
  });
  try {
    stop.throwIfAborted();
    await Promise.race([work, ended]);
  } catch (error) {
    if (stop.aborted) throw error;
    if (answer.status === null) {
      const cause = error instanceof Error ? error : new Error(String(error));
      const about = { host, port, seconds: Math.round(options.deadlineMs / 1_000) };
      const at = cause instanceof Refused ? { ...about, address: cause.address } : about;
      const where = cause instanceof Refused ? 'refused' : stage;
      return told({ ok: false, stage: where, text: failureText(where, cause, isLate, at) });
    }
  } finally {
    isOver = true;
    clearTimeout(timer);
    stop.removeEventListener('abort', onStop);
    for (const socket of sockets) socket.destroy();
  }
  const status = answer.status ?? 0;
  const ok = status >= 200 && status < 300;
  return told({ ok, stage: ok ? 'done' : 'answer', text: answerText(status) });
}
