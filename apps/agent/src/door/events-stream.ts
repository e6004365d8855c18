/** `GET /v1/events?after=<sequence>`: one JSON document a line, a blank line every 5 s. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { EventLog } from '../event-log.ts';

const HEARTBEAT_MS = 5000;

/** Writes events until the reader goes. A slow reader is waited for; what it then misses in the ring becomes a resync. */
export async function eventsServe(events: EventLog, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const given = Number(new URL(request.url ?? '/', 'https://agent').searchParams.get('after') ?? events.sequence);
  let position = Number.isSafeInteger(given) && given >= 0 ? given : -1;
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  response.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
  response.flushHeaders();
  const write = async (text: string): Promise<void> => {
    if (!response.write(text)) await once(response, 'drain', { signal: gone.signal });
  };
  try {
    while (!gone.signal.aborted) {
      const batch = events.after(position);
      const last = batch.at(-1);
      if (last) {
        position = last.sequence;
        await write(batch.map((event) => `${JSON.stringify(event)}\n`).join(''));
      } else if (!(await pushed(events, gone.signal))) {
        await write('\n');
      }
    }
  } catch (error) {
    if (!gone.signal.aborted) throw error;
  }
}

/** True at the next event, false when the heartbeat is due or the reader has gone. */
function pushed(events: EventLog, gone: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (value: boolean): void => {
      clearTimeout(timer);
      off();
      gone.removeEventListener('abort', onGone);
      resolve(value);
    };
    const onGone = (): void => settle(false);
    const timer = setTimeout(() => settle(false), HEARTBEAT_MS);
    const off = events.onPush(() => settle(true));
    gone.addEventListener('abort', onGone, { once: true });
  });
}
