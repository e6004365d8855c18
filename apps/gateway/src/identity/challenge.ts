/**
 * Guessing is slowed down by work (IAM-09): after a few wrong tries the next one needs an answer whose hash, together with a
 * token of ours, begins with many zero bits. That takes a browser a moment and whoever guesses by the thousand a day. The
 * token is sealed with the platform key, so that any gateway process knows it, and says nothing about the account.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { BasaltError } from '@basalt/contract';
import { newId, type Sealer } from '@basalt/service';
import { challengeTake } from '../store/challenge-store.ts';
import type { Executor } from '../store/database.ts';
import type { SecuritySettings } from './security-settings.ts';

const sealed = z.object({
  kind: z.literal('challenge'),
  id: z.string(),
  /** Digest of the e-mail address that it is good for. */
  email: z.string(),
  bits: z.int(),
  expires: z.number(),
});

export interface ChallengeAnswer {
  readonly token: string;
  readonly answer: string;
}

const digest = (email: string): string => createHash('sha256').update(email).digest('base64url').slice(0, 22);

/** The error that asks for the work; its parameters are what has to be solved. */
export function challengeRequired(seal: Sealer, settings: SecuritySettings['challenge'], email: string): BasaltError {
  const { bits, minutes } = settings;
  const expires = Date.now() + minutes * 60_000;
  const token = seal.seal(JSON.stringify({ kind: 'challenge', id: newId(), email: digest(email), bits, expires }));
  return new BasaltError('challengeRequired', { token, bits });
}

function zeroBits(hash: Buffer): number {
  const first = hash.findIndex((byte) => byte !== 0);
  return first < 0 ? hash.length * 8 : first * 8 + Math.clz32(hash[first] ?? 0) - 24;
}

/** Whether the answer is right, for this address, in time, and given for the first time; it is then used up. */
export async function challengeAnswered(
  db: Executor,
  seal: Sealer,
  email: string,
  given: ChallengeAnswer | undefined,
): Promise<boolean> {
  if (!given) return false;
  let told: z.infer<typeof sealed>;
  try {
    told = sealed.parse(JSON.parse(seal.unseal(given.token)));
  } catch {
    return false;
  }
  if (told.email !== digest(email) || told.expires < Date.now()) return false;
  const hash = createHash('sha256').update(`${given.token}:${given.answer}`).digest();
  return zeroBits(hash) >= told.bits && challengeTake(db, told.id, new Date(told.expires));
}
