/** Routes of the door. What stands under /api is answered here, everything else is a page of the console. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono, type Context } from 'hono';
import { BasaltError } from '@basalt/contract';
import { newId } from '@basalt/service';
import type { Parts } from '../parts.ts';
import { gatewayDeeds } from '../routes/index.ts';
import { contextOf, localeOf, type GatewayContext } from './context.ts';
import { docsPage } from './docs-page.ts';
import { answerSend, errorOf, restError, trpcError, type Answer } from './error-answer.ts';
import { eventsStream } from './events-door.ts';
import { EXPORT_PATH, logExport } from './export-door.ts';
import { openApiDocument } from './openapi.ts';
import { pageProxy } from './page-proxy.ts';
import { bodyCheck, originCheck } from './request-guard.ts';
import { IDEMPOTENCY_HEADER } from './rest-manners.ts';
import { REST_PATH, restDoor, restRoutes, type RestRoute } from './rest-door.ts';
import { declaredHash, hashOf, keyRateCheck } from './signed-request.ts';
import { pagePolicy, securityHeadersSet } from './security-headers.ts';
import { TRPC_PATH, trpcDoor, wantsParts } from './trpc-door.ts';
import { imageUpload } from './upload-door.ts';

type Ctx = Context<{ Bindings: HttpBindings }>;

const pathOf = ({ url = '/' }: IncomingMessage): string => url.split('?', 1)[0] ?? '/';
const wantsEvents = (request: IncomingMessage): boolean => (request.headers.accept ?? '').includes('text/event-stream');

/** @throws BasaltError tooManyRequests. */
function rateCheck(parts: Parts, ctx: GatewayContext, response: ServerResponse): void {
  const key = ctx.session?.apiKeyId;
  if (key) return keyRateCheck(parts.limits.apiKey, key, response);
  const wait = ctx.session
    ? parts.limits.session.take(ctx.session.sessionId)
    : parts.limits.anonymous.take(ctx.address);
  if (wait > 0) throw new BasaltError('tooManyRequests', { seconds: wait });
}

/** Whether the database answers; asked at most once a second, because anybody may ask. */
function databaseCheck(parts: Parts): () => Promise<boolean> {
  let asked: { readonly at: number; readonly answer: Promise<boolean> } | null = null;
  return () => {
    if (asked && Date.now() - asked.at < 1_000) return asked.answer;
    const answer = parts.db.execute('select 1').then(
      () => true,
      (error: unknown) => {
        parts.log.error({ error }, 'the database does not answer');
        return false;
      },
    );
    asked = { at: Date.now(), answer };
    return answer;
  };
}

/** One request, whoever found its route. */
interface Exchange {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  /** The body, as often as it is asked for; null when the method has none. */
  readonly body: () => Promise<ArrayBuffer> | null;
}

const exchangeOf = (c: Ctx): Exchange => ({
  incoming: c.env.incoming,
  outgoing: c.env.outgoing,
  body: () => (c.req.method === 'GET' ? null : c.req.arrayBuffer()),
});

/** Answers of the door's own form are written at once; the rest are Responses. */
function deliver(
  { outgoing }: Pick<Exchange, 'outgoing'>,
  answer: Answer | Response,
  about?: { requestId: string; cookies?: readonly string[] },
): Response {
  if (answer instanceof Response) return answer;
  answerSend(outgoing, answer, about);
  return RESPONSE_ALREADY_SENT;
}

/** The listener for `http.createServer`. */
export function appListener(parts: Parts): (request: IncomingMessage, response: ServerResponse) => void {
  const own = gatewayDeeds(parts);
  const trpc = trpcDoor(parts, own);
  const rest = restDoor(parts, own);
  const app = new Hono<{ Bindings: HttpBindings }>({ strict: false });

  /** Runs a route with its caller known; what is refused on the way is told as the door at hand tells errors. */
  const guarded = async (
    exchange: Exchange,
    tell: typeof restError,
    run: (ctx: GatewayContext, request: IncomingMessage, response: ServerResponse) => Promise<Response>,
    { isUpload = false, isStream = false } = {},
  ): Promise<Response> => {
    const { incoming, outgoing } = exchange;
    let known: Pick<GatewayContext, 'locale' | 'requestId'> | null = null;
    try {
      // the body is a part of what is signed, so it is read before it is known who sends it
      if (!isUpload) bodyCheck(incoming);
      const ctx = await contextOf(parts, incoming, isStream, async () =>
        isUpload ? declaredHash(incoming) : hashOf(await exchange.body()),
      );
      known = ctx;
      // no page can sign: what is signed comes from whoever has the key, wherever that is
      if (!ctx.session?.apiKeyId) originCheck(incoming, parts.publicOrigins);
      rateCheck(parts, ctx, outgoing);
      return await run(ctx, incoming, outgoing);
    } catch (error) {
      // the client went away in the middle; there is nobody to tell and nothing is wrong here
      if (incoming.errored || outgoing.destroyed) return RESPONSE_ALREADY_SENT;
      const reader = known ?? { locale: localeOf(incoming, parts.defaultLocale), requestId: newId() };
      const found = errorOf(error);
      if (found.status >= 500)
        parts.log.error({ error, requestId: reader.requestId, path: pathOf(incoming) }, 'a request failed');
      if (outgoing.headersSent) {
        outgoing.destroy();
        return RESPONSE_ALREADY_SENT;
      }
      // what is left of a body that nobody reads must not be taken for the next request
      if (!incoming.complete) outgoing.setHeader('connection', 'close');
      return deliver(exchange, tell(found, reader), { requestId: reader.requestId });
    }
  };

  const bodyOf = async (c: Ctx): Promise<string | null> => (c.req.method === 'GET' ? null : c.req.text());

  const restRoute =
    (route: RestRoute) =>
    (c: Ctx): Promise<Response> =>
      guarded(exchangeOf(c), restError, async (ctx) =>
        deliver(
          c.env,
          await rest(
            route,
            {
              params: c.req.param(),
              query: new URL(c.req.url).searchParams,
              body: await bodyOf(c),
              idempotencyKey: c.req.header(IDEMPOTENCY_HEADER),
            },
            ctx,
          ),
          ctx,
        ),
      );

  const database = databaseCheck(parts);
  app.get('/api/health', async (c) => {
    const isThere = await database();
    const body = JSON.stringify({ status: isThere ? 'ok' : 'unavailable', version: parts.version });
    return deliver(c.env, { status: isThere ? 200 : 503, body });
  });

  app.on(['GET', 'POST'], `${TRPC_PATH}/*`, (c) =>
    guarded(exchangeOf(c), trpcError, async (ctx, incoming) =>
      deliver(
        c.env,
        await trpc(
          {
            method: c.req.method,
            url: incoming.url ?? '/',
            ...(wantsParts(incoming) ? { headers: c.req.raw.headers } : {}),
            body: await bodyOf(c),
          },
          ctx,
        ),
        ctx,
      ),
    ),
  );

  /** The most frequent of all requests; to look for its route and to make a Request of it would be a tenth of its cost. */
  const trpcRead = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    guarded({ incoming, outgoing, body: () => null }, trpcError, async (ctx) =>
      deliver({ outgoing }, await trpc({ method: 'GET', url: incoming.url ?? '/', body: null }, ctx), ctx),
    ).catch((error: unknown) => {
      parts.log.error({ error }, 'an answer could not be given');
      outgoing.destroy();
    });
  };

  let document: string | null = null;
  app.get(`${REST_PATH}/openapi.json`, (c) => {
    const [origin = ''] = parts.publicOrigins;
    document ??= JSON.stringify(openApiDocument(origin, parts.version, parts.cookieName));
    return deliver(c.env, { status: 200, body: document });
  });
  app.get(`${REST_PATH}/docs`, (c) => {
    const nonce = randomBytes(16).toString('base64');
    c.env.outgoing.setHeader('content-security-policy', pagePolicy(nonce));
    return new Response(docsPage(nonce, parts.version), { headers: { 'content-type': 'text/html; charset=utf-8' } });
  });

  app.put(`${REST_PATH}/regions/:region/images/:id/content`, (c) =>
    guarded(
      exchangeOf(c),
      restError,
      async (ctx, incoming, outgoing) => {
        await imageUpload(parts, incoming, outgoing, c.req.param(), ctx);
        return RESPONSE_ALREADY_SENT;
      },
      { isUpload: true },
    ),
  );

  app.get(`${EXPORT_PATH}/:token`, (c) =>
    guarded(exchangeOf(c), restError, async (ctx, _incoming, outgoing) => {
      await logExport(parts, outgoing, c.req.param('token'), ctx);
      return RESPONSE_ALREADY_SENT;
    }),
  );

  app.get(`${REST_PATH}/regions/:region/events`, (c, next) => {
    if (!wantsEvents(c.env.incoming)) return next();
    return guarded(
      exchangeOf(c),
      restError,
      async (ctx, incoming, outgoing) => {
        await eventsStream(parts, incoming, outgoing, c.req.param('region'), ctx);
        return RESPONSE_ALREADY_SENT;
      },
      { isStream: true },
    );
  });

  for (const route of restRoutes) {
    const { method, path } = route.procedure.rest;
    app.on(method, `${REST_PATH}${path.replaceAll(/\{(\w+)\}/gu, ':$1')}`, restRoute(route));
  }

  app.all('/api/*', (c) =>
    guarded(exchangeOf(c), restError, async () => {
      throw new BasaltError('notFound', { kind: 'path' });
    }),
  );

  const api = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  return (request, response) => {
    const url = request.url ?? '/';
    if (!url.startsWith('/api/') && url !== '/api') return pageProxy(parts, request, response);
    securityHeadersSet(response, parts.secure);
    if (request.method === 'GET' && url.startsWith(`${TRPC_PATH}/`) && !wantsParts(request))
      return trpcRead(request, response);
    void api(request, response);
  };
}
