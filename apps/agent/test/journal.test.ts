import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { journalInMemory, journalOpen } from '../src/journal.ts';

let directory = '';
let file = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'journal-'));
  file = join(directory, 'journal.jsonl');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('[TASK-02] answers and epochs outlive the process, a line cut short does not spoil them', async () => {
  const first = await journalOpen(file);
  await first.answerRecord('op1', 'hash1', { changed: true });
  await first.epochRaise('vm1', 3);
  await first.epochRaise('vm1', 2);
  await first.close();
  appendFileSync(file, '{"kind":"epoch","vm":"vm1","ep');
  const second = await journalOpen(file);
  expect(second.answered('op1')).toMatchObject({ input: 'hash1', answer: { changed: true } });
  expect(second.answered('op2')).toBeUndefined();
  expect(second.epoch('vm1')).toBe(3);
  expect(second.epoch('vm2')).toBe(-1);
  await second.epochRaise('vm1', 4);
  await second.close();
  expect((await journalOpen(file)).epoch('vm1')).toBe(4);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('[TASK-02] answers are kept for an hour, epochs for good', async () => {
  let now = Date.now();
  const clock = (): number => now;
  for (const journal of [await journalOpen(file, clock), journalInMemory(clock)]) {
    now = Date.now();
    await journal.epochRaise('vm', 1);
    await journal.answerRecord('old', 'h', 1);
    now += 3_599_000;
    await journal.answerRecord('young', 'h', 2);
    expect(journal.answered('old')).toBeDefined();
    now += 2000;
    await journal.answerRecord('new', 'h', 3);
    expect(journal.answered('old')).toBeUndefined();
    expect(journal.answered('young')).toMatchObject({ answer: 2 });
    expect(journal.epoch('vm')).toBe(1);
    await journal.close();
  }
  const again = await journalOpen(file, clock);
  await again.close();
  expect(readFileSync(file, 'utf8')).not.toContain('"old"');
});
