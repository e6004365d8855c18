/** The simulator's memory on disk. */
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SimState } from '../src/sim/sim-state.ts';
import { poll } from './poll.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'basalt-sim-state-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('[BYD-13] what has changed is written without being asked, and nothing else', async () => {
  const state = new SimState(directory);
  const values = new Map(Array.from({ length: 100 }, (_, n) => [`hosts/${n}/domains.json`, n]));
  for (const file of values.keys()) state.changed(file, () => values.get(file));
  // the content is the one at the time of writing
  values.set('hosts/7/domains.json', 700);
  await poll('all are written', 5_000, async () =>
    [...values.keys()].every((file) => existsSync(join(directory, file))),
  );
  await state.close();
  const inode = (file: string): number => statSync(join(directory, file)).ino;
  const before = [...values.keys()].map(inode);

  const again = new SimState(directory);
  expect([...values.keys()].map((file) => again.read(file))).toEqual([...values.values()]);
  values.set('hosts/3/domains.json', 300);
  again.changed('hosts/3/domains.json', () => values.get('hosts/3/domains.json'));
  await again.close();
  const replaced = [...values.keys()].filter((file, i) => inode(file) !== before[i]);
  expect(replaced).toEqual(['hosts/3/domains.json']);
  expect(new SimState(directory).read('hosts/3/domains.json')).toBe(300);
  expect(again.read('hosts/100/domains.json')).toBeNull();
});

test('[BYD-13] without a directory nothing is kept', async () => {
  const state = new SimState(null);
  state.changed('a.json', () => 1);
  await state.close();
  expect(state.read('a.json')).toBeNull();
  expect(existsSync('a.json')).toBe(false);
});
