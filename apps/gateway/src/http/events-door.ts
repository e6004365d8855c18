/**
 * `/api/v1/regions/{region}/events`: the region's live stream, passed on as it comes (API-03). What an account may see is the
 * region's filter; the door resumes, keeps the line warm, and closes it when the session ends or its rights change. A browser
 * opens a stream without headers, so the account that is seen as stands in its address: `?seeAs=<account id>`.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { BasaltError, regionPaths } from '@basalt/contract';
import type { Parts } from '../parts.ts';
import { seeAsAsked, seenAs } from '../identity/see-as.ts';
import { linkError, regionGranted } from '../regions/region-call.ts';
import { accessCheck } from './authorise.ts';
import type { GatewayContext } from './context.ts';
import { sessionWatch } from './session-watch.ts';

const HEARTBEAT_MS = 15_000;
// EventSource gives an event without data to nobody, so the beat carries some
const heartbeat = 'event: heartbeat\ndata: {}\n\n';

const open = new Map<string, number>();

const queryOf = (request: IncomingMessage): URLSearchParams =>
  new URL(request.url ?? '/', 'http://gateway').searchParams;

/** Where to go on: after the event that the browser had last, or that the first request names. */
function resumeFrom(request: IncomingMessage): string | null {
  const header = request.headers['last-event-id'];
  const given = (typeof header === 'string' ? header : null) ?? queryOf(request).get('after');
  return given !== null && /^\d{1,16}$/u.test(given) ? given : null;
}

/**
 * Streams until either side or the session ends.
 * @throws BasaltError before anything was sent: notSignedIn, permissionMissing, notFound, tooManyRequests, regionUnreachable, unavailable.
 */
export async function eventsStream(
  parts: Parts,
  request: IncomingMessage,
  response: ServerResponse,
  region: string,
  own: GatewayContext,
): Promise<void> {
  accessCheck({ name: 'live.events', procedure: { access: 'session', kind: 'query' }, ctx: own });
  if (!own.session) throw new BasaltError('notSignedIn');
  const { sessionId } = own.session;
  const session = await seenAs(parts, request, own.session, queryOf(request).get('seeAs') ?? seeAsAsked(request));
  const ctx: GatewayContext = { ...own, session };
  const link = regionGranted(parts, ctx, region);
  const count = open.get(sessionId) ?? 0;
  if (count >= parts.settings.streamsPerSession) throw new BasaltError('tooManyRequests', { seconds: 60 });
  open.set(sessionId, count + 1);

  const stop = new AbortController();
  response.once('close', () => stop.abort());
  const unwatch = sessionWatch(parts, own.session, () => stop.abort(), ctx.address);
  // what the other account may see is asked again when the stream is opened again
  const unwatchSeen = session.seeAs ? parts.sessions.onChange(session.accountId, () => stop.abort()) : () => undefined;
  let beat: NodeJS.Timeout | undefined;
  try {
    const after = resumeFrom(request);
    const upstream = await link.streams
      .request({
        origin: link.origin,
        path: after === null ? regionPaths.events : `${regionPaths.events}?after=${after}`,
        method: 'GET',
        headers: {
          accept: 'text/event-stream',
          authorization: await parts.vouch(link.key, session, ctx, 'mutation'),
          'x-request-id': ctx.requestId,
          ...(after === null ? {} : { 'last-event-id': after }),
        },
        headersTimeout: 15_000,
        bodyTimeout: 0,
        signal: stop.signal,
      })
      .catch((error: unknown) => {
        throw linkError(link, error);
      });
    if (upstream.statusCode !== 200) {
      await upstream.body.dump();
      throw new BasaltError('unavailable', {}, { detail: `the region refused its stream with ${upstream.statusCode}` });
    }
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    response.flushHeaders();
    let atEnd = true;
    beat = setInterval(() => {
      if (atEnd && !response.writableNeedDrain) response.write(heartbeat);
    }, HEARTBEAT_MS);
    for await (const chunk of upstream.body as AsyncIterable<Buffer>) {
      atEnd = chunk.at(-1) === 10 && chunk.at(-2) === 10;
      if (!response.write(chunk)) await drained(response, stop.signal);
    }
  } catch (error) {
    if (!response.headersSent) throw error;
    if (!stop.signal.aborted) parts.log.info({ error, region }, 'an event stream broke off');
  } finally {
    clearInterval(beat);
    unwatch();
    unwatchSeen();
    const left = (open.get(sessionId) ?? 1) - 1;
    if (left > 0) open.set(sessionId, left);
    else open.delete(sessionId);
    if (response.headersSent) response.end();
  }
}

const drained = (response: ServerResponse, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const go = (): void => {
      response.off('drain', go);
      signal.removeEventListener('abort', go);
      resolve();
    };
    response.once('drain', go);
    signal.addEventListener('abort', go, { once: true });
    if (signal.aborted) go();
  });
