import { describe, expect, it } from 'vitest';
import { slotsOpen } from './slots.ts';

/** What has been let in, in order. */
function gate(most: number) {
  const slots = slotsOpen(most);
  const entered: string[] = [];
  const leave = new Map<string, () => void>();
  return {
    entered,
    ask: async (name: string, { webhook = name, isFailing = false } = {}) => {
      void slots.take(webhook, isFailing).then((done) => {
        entered.push(name);
        leave.set(name, done);
      });
      await Promise.resolve();
      await Promise.resolve();
    },
    leave: async (name: string) => {
      leave.get(name)?.();
      leave.get(name)?.();
      await Promise.resolve();
      await Promise.resolve();
    },
  };
}

describe('room for messages under way', () => {
  it('[API-03] is given in turn, one message of a webhook at a time', async () => {
    const { ask, leave, entered } = gate(2);
    await ask('a1', { webhook: 'a' });
    await ask('a2', { webhook: 'a' });
    await ask('b');
    await ask('c');
    expect(entered).toEqual(['a1', 'b']);
    await leave('b');
    expect(entered).toEqual(['a1', 'b', 'c']);
    await leave('a1');
    expect(entered).toEqual(['a1', 'b', 'c', 'a2']);
    await leave('c');
    await leave('a2');
    await ask('d');
    await ask('e');
    await ask('f');
    expect(entered.slice(4)).toEqual(['d', 'e']);
  });

  it('[API-03] is kept free for those whose receivers answer', async () => {
    const { ask, leave, entered } = gate(4);
    for (const name of ['x1', 'x2', 'x3']) await ask(name, { isFailing: true });
    await ask('good 1');
    await ask('good 2');
    expect(entered).toEqual(['x1', 'x2', 'good 1', 'good 2']);
    await leave('good 1');
    expect(entered).toHaveLength(4);
    await leave('x1');
    expect(entered).toEqual(['x1', 'x2', 'good 1', 'good 2', 'x3']);
  });
});
