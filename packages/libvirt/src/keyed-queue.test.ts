import { describe, expect, test } from 'vitest';
import { KeyedQueue } from './keyed-queue.ts';

const LONG = { timeoutMs: 2_000 };

describe('the queue before a guest agent', () => {
  test('[VM-24] runs one at a time per guest, in order, and guests side by side', async () => {
    const queue = new KeyedQueue();
    const log: string[] = [];
    const gate = Promise.withResolvers<void>();
    const work =
      (label: string, wait: Promise<void> = Promise.resolve()) =>
      async (): Promise<void> => {
        log.push(`${label} begins`);
        await wait;
        log.push(`${label} ends`);
      };
    const first = queue.run('a', LONG, work('a1', gate.promise));
    const second = queue.run('a', LONG, work('a2'));
    await queue.run('b', LONG, work('b1'));
    gate.resolve();
    await Promise.all([first, second]);
    expect(log).toEqual(['a1 begins', 'b1 begins', 'b1 ends', 'a1 ends', 'a2 begins', 'a2 ends']);
  });

  test('[VM-24] counts waiting against the deadline, and a turn that came too late is not taken', async () => {
    const queue = new KeyedQueue();
    const gate = Promise.withResolvers<void>();
    const first = queue.run('a', LONG, () => gate.promise);
    let ran = false;
    const late = queue.run('a', { timeoutMs: 10 }, async () => void (ran = true));
    await expect(late).rejects.toMatchObject({ kind: 'timeout' });
    gate.resolve();
    await first;
    const left = await queue.run('a', LONG, (leftMs) => Promise.resolve(leftMs));
    expect(left).toBeGreaterThan(1_000);
    expect(ran).toBe(false);
  });

  test('[VM-24] goes on after a failure and lets an aborted caller go', async () => {
    const queue = new KeyedQueue();
    const gate = Promise.withResolvers<void>();
    const failing = queue.run('a', LONG, async () => {
      await gate.promise;
      throw new Error('refused');
    });
    const controller = new AbortController();
    const gone = queue.run('a', { ...LONG, signal: controller.signal }, () => Promise.resolve(1));
    controller.abort();
    await expect(gone).rejects.toMatchObject({ kind: 'aborted' });
    gate.resolve();
    await expect(failing).rejects.toThrow('refused');
    expect(await queue.run('a', LONG, () => Promise.resolve('next'))).toBe('next');
  });
});
