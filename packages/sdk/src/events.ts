/** The live stream of a region: what changes, as it changes, without gaps. */
import { ConnectionError, ApiError } from './api-error.ts';
import type { Client } from './client.ts';

export interface LiveMessage {
  /** Sequence number; the stream goes on after it. Null: an event without one. */
  readonly id: string | null;
  readonly type: string;
  readonly data: unknown;
}

export interface EventsOptions {
  readonly region?: string;
  /** Sequence number of the last event that is known; default: from now on. */
  readonly after?: string | number;
  readonly signal?: AbortSignal;
}

function messageOf(block: string): LiveMessage | null {
  let [id, type]: [string | null, string] = [null, 'message'];
  const data: string[] = [];
  for (const line of block.split('\n')) {
    const at = line.indexOf(':');
    const field = at < 0 ? line : line.slice(0, at);
    const value = at < 0 ? '' : line.slice(at + 1).replace(/^ /u, '');
    if (field === 'id') id = value;
    else if (field === 'event') type = value;
    else if (field === 'data') data.push(value);
  }
  if (data.length === 0) return null;
  return { id, type, data: JSON.parse(data.join('\n')) as unknown };
}

async function* messagesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<LiveMessage, void, undefined> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let text = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      text += decoder.decode(value, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const message = messageOf(block);
        if (message) yield message;
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/**
 * Events until `signal` or the loop ends. A stream that breaks off is opened again after the last event that came; heartbeats
 * are not given out. @throws ApiError when the platform refuses.
 */
export async function* events(
  client: Client,
  options: EventsOptions = {},
): AsyncGenerator<LiveMessage, void, undefined> {
  const region = options.region ?? client.options.region;
  if (region === undefined) throw new TypeError('region is missing');
  let after = options.after === undefined ? null : String(options.after);
  let failures = 0;
  while (!options.signal?.aborted) {
    try {
      const answer = await client.send({
        method: 'GET',
        path: `/regions/${encodeURIComponent(region)}/events`,
        headers: { accept: 'text/event-stream', ...(after === null ? {} : { 'last-event-id': after }) },
        signal: options.signal,
        timed: false,
      });
      if (!answer.body) return;
      for await (const message of messagesOf(answer.body)) {
        failures = 0;
        after = message.id ?? after;
        if (message.type !== 'heartbeat') yield message;
      }
    } catch (error) {
      if (options.signal?.aborted) return;
      const goesOn = error instanceof ConnectionError || !(error instanceof ApiError) || error.retryable;
      if (!goesOn || failures >= 10) throw error;
    }
    failures += 1;
    const pause = Math.min(10_000, 200 * 2 ** failures);
    await new Promise((resolve) => {
      setTimeout(resolve, pause);
    });
  }
}
