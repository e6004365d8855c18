/** `GET /v1/live?after=N`: server-sent events for one actor; what the actor may not read is left out. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ActorAssertion, Permission } from '@basalt/contract';
import { reaches, reachOf, type Reach } from '../domain/rights.ts';
import type { LiveHub, LiveItem } from './live-hub.ts';

/** A reader that lets this much pile up is cut off; it resumes where it was. */
const MOST_PENDING = 8 * 1024 * 1024;
const BEAT_MS = 15_000;

export async function liveServe(
  hub: LiveHub,
  request: IncomingMessage,
  response: ServerResponse,
  actor: ActorAssertion,
): Promise<void> {
  const given = new URL(request.url ?? '/', 'http://region').searchParams.get('after');
  const after = given !== null && /^\d{1,15}$/u.test(given) ? Number(given) : null;
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' });
  response.write(': live\n\n');
  const known = new Map<Permission, Reach>();
  const may = ({ permission, facts }: LiveItem): boolean => {
    const reach = known.get(permission) ?? reachOf(actor, permission);
    known.set(permission, reach);
    return typeof reach === 'string' ? reach === 'all' : facts !== null && reaches(reach, facts);
  };
  let stop: (() => void) | null = null;
  let gone = false;
  const beat = setInterval(() => response.write(': \n\n'), BEAT_MS);
  response.once('close', () => {
    gone = true;
    clearInterval(beat);
    stop?.();
  });
  const subscription = await hub.subscribe(
    after,
    (items) => {
      const text = items
        .filter((item) => may(item))
        .map((item) => item.text)
        .join('');
      if (text === '' || gone) return;
      response.write(text);
      if (response.writableLength > MOST_PENDING) response.destroy();
    },
    // too old to go on from: whoever listens must read its lists again
    (now) => response.write(`event: reset\nid: ${now}\ndata: {"sequence":${now}}\n\n`),
  );
  stop = () => subscription.stop();
  if (gone) subscription.stop();
}
