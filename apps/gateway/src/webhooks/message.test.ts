import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { liveEvent, WEBHOOK_BODY_MAX, WEBHOOK_EVENTS_MAX, webhookMessage, type LiveEvent } from '@basalt/contract';
import { messageBody, messageCut } from './message.ts';

const kinds = liveEvent.shape.kind.options;
const head = {
  id: `msg_${'0'.repeat(36)}`,
  type: 'events',
  webhook: '01932f5e-8d2a-7c41-9f3b-5a6e7d8c9b0a',
  region: 'r'.repeat(31),
  at: '2026-01-31T08:00:00.000Z',
  missed: true,
} as const;
const event = (sequence: number, kind: LiveEvent['kind'], data: unknown = null): LiveEvent => ({
  sequence,
  at: '2026-01-31T08:00:00.000Z',
  kind,
  change: 'updated',
  id: 'x',
  data,
});
const given = fc
  .array(fc.record({ gap: fc.integer({ min: 1, max: 5 }), kind: fc.constantFrom(...kinds), size: fc.nat(40_000) }), {
    maxLength: 300,
  })
  .map((all) => {
    let sequence = 0;
    return all.map(({ gap, kind, size }) => event((sequence += gap), kind, '语'.repeat(size)));
  });

describe('messages', () => {
  it('[API-03] put together are what was asked for: all of it, in order, each event once, within the bounds', () => {
    fc.assert(
      fc.property(given, fc.subarray([...kinds]), (events, wanted) => {
        const told: number[] = [];
        let after = 0;
        for (;;) {
          const rest = events.filter(({ sequence }) => sequence > after);
          const cut = messageCut(rest, wanted, after);
          if (rest.length === 0) expect(cut).toEqual({ events: [], last: after });
          if (rest.length === 0) break;
          expect(cut.last).toBeGreaterThan(after);
          expect(cut.events.length).toBeLessThanOrEqual(WEBHOOK_EVENTS_MAX);
          if (cut.events.length > 1)
            expect(Buffer.byteLength(messageBody(head, cut.events))).toBeLessThanOrEqual(WEBHOOK_BODY_MAX);
          told.push(...cut.events.map(({ sequence }) => sequence));
          after = cut.last;
        }
        const asked = events.filter(({ kind }) => wanted.length === 0 || wanted.includes(kind));
        expect(told).toEqual(asked.map(({ sequence }) => sequence));
      }),
      { numRuns: 60 },
    );
  });

  it('[API-03] have room for a single event that is larger than the bound', () => {
    const huge = event(2, 'vm', 'x'.repeat(WEBHOOK_BODY_MAX));
    const events = [event(1, 'vm'), huge, event(3, 'vm')];
    expect(messageCut(events, [], 0)).toEqual({ events: [events[0]], last: 1 });
    expect(messageCut(events.slice(1), [], 1)).toEqual({ events: [huge], last: 2 });
    expect(webhookMessage.parse(JSON.parse(messageBody(head, [huge]))).events).toEqual([huge]);
  });
});
