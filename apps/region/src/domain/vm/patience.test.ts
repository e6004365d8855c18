import { expect, test } from 'vitest';
import { BasaltError } from '@basalt/contract';
import { hostsAwaited } from './patience.ts';

const connecting = () => new BasaltError('hostsConnecting', { hosts: 'h1' });

test('[SCH-02] what fails only for hosts that are not heard yet is tried again', async () => {
  let tries = 0;
  const answer = await hostsAwaited(async () => {
    tries += 1;
    if (tries < 3) throw connecting();
    return 'made';
  });
  expect([answer, tries]).toEqual(['made', 3]);
});

test('[SCH-02] when the time is up the refusal says which hosts', async () => {
  const act = () => Promise.reject(connecting());
  await expect(hostsAwaited(act, Date.now())).rejects.toThrow('still connecting to h1');
});

test('[SCH-02] any other failure is told at once', async () => {
  let tries = 0;
  const act = () => {
    tries += 1;
    return Promise.reject(new BasaltError('noHostFits', { reason: 'full' }));
  };
  await expect(hostsAwaited(act)).rejects.toThrow('full');
  expect(tries).toBe(1);
});
