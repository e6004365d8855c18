import { expect, test } from 'vitest';
import type { AgentEvent } from '@basalt/contract/agent/schemas';
import { eventually } from '../../../test/task-fixture.ts';
import { eventStreamOpen } from './event-stream.ts';

const line = (sequence: number): string =>
  `${JSON.stringify({ sequence, at: '2026-01-01T00:00:00.000Z', type: 'libvirt', connected: true })}\n`;

async function* body(...chunks: string[]): AsyncGenerator<Buffer> {
  await Promise.resolve();
  for (const chunk of chunks) yield Buffer.from(chunk);
}

test('[VM-05] events come in order over breaks of the connection, none lost and none twice', async () => {
  const asked: number[] = [];
  const got: number[] = [];
  const lost: string[] = [];
  const bodies = [
    // cut in the middle of a line
    () => body('\n', line(5), line(6).slice(0, 20)),
    () => Promise.reject(new Error('connection refused')),
    () => body(line(6).slice(0, 30), line(6).slice(30) + line(7), '\n'),
    () => body('not an event\n'),
    () => body(line(8)),
  ];
  const stream = eventStreamOpen(
    4,
    {
      onEvent: async (event: AgentEvent) => {
        await Promise.resolve();
        got.push(event.sequence);
      },
      onConnected: () => undefined,
      onDisconnected: (error) => void lost.push(error.message),
    },
    async (after) => {
      asked.push(after);
      const next = bodies.shift();
      if (!next) return new Promise(() => undefined);
      return next();
    },
  );
  await eventually(
    () => got,
    (numbers) => numbers.includes(8),
    10_000,
  );
  stream.close();
  expect(got).toEqual([5, 6, 7, 8]);
  expect(asked.slice(0, 5)).toEqual([4, 5, 5, 7, 7]);
  expect(lost).toContain('connection refused');
}, 15_000);

test('[VM-05] an event that cannot be worked in is asked for again', async () => {
  const got: number[] = [];
  let failures = 1;
  const stream = eventStreamOpen(
    0,
    {
      onEvent: async (event) => {
        await Promise.resolve();
        if (failures-- > 0) throw new Error('the database is away');
        got.push(event.sequence);
      },
      onConnected: () => undefined,
      onDisconnected: () => undefined,
    },
    (after) => Promise.resolve(after === 0 ? body(line(1)) : body()),
  );
  await eventually(
    () => got,
    (numbers) => numbers.length > 0,
  );
  stream.close();
  expect(got).toEqual([1]);
});
