import { expect, test } from 'vitest';
import { EventLog } from '../src/event-log.ts';

test('[API-03] reading on gives what came after; a number of another run or one that is gone is a resync', () => {
  const log = new EventLog(1000);
  expect(log.after(log.sequence)).toEqual([]);
  const start = log.sequence;
  log.push({ type: 'libvirt', connected: true });
  log.push({ type: 'libvirt', connected: false });
  expect(log.after(start).map((e) => e.sequence)).toEqual([start + 1, start + 2]);
  expect(log.after(start + 1).map((e) => e.type)).toEqual(['libvirt']);
  expect(log.after(start + 2)).toEqual([]);
  for (const strange of [0, start - 1, start + 3, Number.MAX_SAFE_INTEGER]) {
    expect(log.after(strange)).toMatchObject([{ type: 'resync', sequence: start + 2 }]);
  }
});

test('[API-03] the ring is bounded, and who fell out of it is told', () => {
  const log = new EventLog(1000);
  const start = log.sequence;
  for (let n = 0; n < 10_000; n += 1) log.push({ type: 'libvirt', connected: true });
  expect(log.after(start)).toMatchObject([{ type: 'resync' }]);
  expect(log.after(start + 9_000)).toHaveLength(1000);
  let told = 0;
  const off = log.onPush(() => (told += 1));
  log.push({ type: 'libvirt', connected: true });
  off();
  log.push({ type: 'libvirt', connected: true });
  expect(told).toBe(1);
});
