/**
 * One host's events, for ever. The position is kept here: after a break the stream goes on behind the last event that was
 * worked in. Back-off with full jitter, because after an outage thousands of hosts come back at once.
 */
import { agentEvent, type AgentEvent } from '@basalt/contract/agent/schemas';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStream, EventStreamHandlers } from './agent-driver.ts';

const FIRST_WAIT = 200;
/** Below the grace after which a silent host counts as lost: one that comes back in time must be found in time. */
const LONGEST_WAIT = 4_000;
const LONGEST_LINE = 1024 * 1024;

type Open = (after: number, signal: AbortSignal) => Promise<AsyncIterable<Buffer | Uint8Array>>;

export function eventStreamOpen(after: number, handlers: EventStreamHandlers, open: Open): EventStream {
  const stop = new AbortController();
  void run(after, handlers, open, stop.signal);
  return { close: () => stop.abort() };
}

async function run(after: number, handlers: EventStreamHandlers, open: Open, signal: AbortSignal): Promise<void> {
  let position = after;
  let wait = FIRST_WAIT;
  while (!signal.aborted) {
    try {
      const body = await open(position, signal);
      if (signal.aborted) return;
      handlers.onConnected();
      for await (const event of eventsOf(body)) {
        if (signal.aborted) return;
        await handlers.onEvent(event);
        position = event.sequence;
        wait = FIRST_WAIT;
      }
      throw new Error('the agent ended the stream');
    } catch (error) {
      if (signal.aborted) return;
      handlers.onDisconnected(error instanceof Error ? error : new Error(String(error)));
      await sleep(wait * (0.25 + Math.random()), undefined, { signal }).catch(() => undefined);
      wait = Math.min(wait * 2, LONGEST_WAIT);
    }
  }
}

/** Lines of JSON; blank ones are heartbeats. What is not an event ends the stream: better asked again than guessed. */
async function* eventsOf(body: AsyncIterable<Buffer | Uint8Array>): AsyncGenerator<AgentEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true });
    if (rest.length > LONGEST_LINE) throw new Error('a line of the event stream is too long');
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield agentEvent.parse(JSON.parse(line));
  }
}
