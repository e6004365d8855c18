import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TestPostgres } from '@basalt/service';
import { doorOpen, postgresOpen, rest, type Door } from './harness.ts';

const TRIES = 200;
let postgres: TestPostgres;
let door: Door;
beforeAll(async () => {
  postgres = await postgresOpen();
  // neither lock nor challenge, so that every try goes the whole way
  door = await doorOpen(postgres, {
    settings: {
      lockout: { attempts: 1_000_000, minutes: 15 },
      challenge: { after: 1_000_000, bits: 6, minutes: 5 },
    },
  });
  await door.accountAdd('real@basalt.local', 'systemReadonly');
}, 60_000);
afterAll(async () => {
  await door.close();
  await postgres[Symbol.asyncDispose]();
});

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

it('[IAM-09] takes as long for an unknown account as for a wrong password', async () => {
  const took: Record<string, number[]> = { 'real@basalt.local': [], 'nobody@basalt.local': [] };
  const names = Object.keys(took);
  const one = async (email: string): Promise<void> => {
    const began = performance.now();
    const { status } = await rest(door, 'POST', '/session', { body: { email, password: 'Wrong-One-1' } });
    took[email]?.push(performance.now() - began);
    expect(status).toBe(401);
  };
  for (const email of names) await one(email);
  for (const email of names) took[email] = [];
  // in turns, and each first as often as second, so that the machine's other work falls on both
  for (let i = 0; i < TRIES; i += 1) for (const email of i % 2 === 0 ? names : names.toReversed()) await one(email);
  const [real = 0, nobody = 0] = names.map((email) => median(took[email] ?? []));
  expect(Math.abs(real - nobody) / real).toBeLessThan(0.1);
}, 120_000);
