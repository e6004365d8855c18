import { describe, expect, it } from 'vitest';
import { BasaltError } from '@basalt/contract';
import { exportLineOpen } from './export-line.ts';

const never = new AbortController().signal;
/** Names of the places that have begun, in order. */
function begun() {
  const names: string[] = [];
  return {
    names,
    watch: (name: string, turn: Promise<void>): Promise<void> => turn.then(() => void names.push(name)),
  };
}

describe('the line of exports', () => {
  it('[AUD-02] lets two begin at a time, one of each account, and the others in the order in which they came', async () => {
    const enter = exportLineOpen({ atOnce: 2, waiting: 8, waitMs: 60_000 });
    const { names, watch } = begun();
    const [a1, a2, b, c] = [enter('a'), enter('a'), enter('b'), enter('c')];
    await Promise.all([watch('a1', a1.turn(never)), watch('b', b.turn(never))]);
    const second = watch('a2', a2.turn(never));
    const third = watch('c', c.turn(never));
    expect(names).toEqual(['a1', 'b']);
    b.leave();
    await third;
    expect(names).toEqual(['a1', 'b', 'c']);
    a1.leave();
    await second;
    expect(names).toEqual(['a1', 'b', 'c', 'a2']);
  });

  it('[AUD-02] refuses who comes when too many wait, and who has waited too long', async () => {
    const enter = exportLineOpen({ atOnce: 1, waiting: 2, waitMs: 30 });
    const first = enter('a');
    await first.turn(never);
    const waiting = [enter('b'), enter('c')];
    expect(() => enter('d')).toThrow(BasaltError);
    await expect(waiting[0]?.turn(never)).rejects.toMatchObject({ code: 'tooManyRequests', params: { seconds: 10 } });
    for (const each of waiting) each.leave();
    const next = enter('e');
    first.leave();
    await next.turn(never);
  });

  it('[AUD-02] is left by who goes away, without keeping the others', async () => {
    const enter = exportLineOpen({ atOnce: 1, waiting: 8, waitMs: 60_000 });
    const first = enter('a');
    await first.turn(never);
    const gone = new AbortController();
    const second = enter('b');
    const third = enter('c');
    const left = second.turn(gone.signal);
    gone.abort();
    await expect(left).rejects.toThrow(/abort/iu);
    second.leave();
    first.leave();
    await third.turn(never);
  });
});
