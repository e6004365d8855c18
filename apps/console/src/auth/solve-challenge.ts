/**
 * The proof of work that slows guessing down (IAM-09): the browser looks for an answer whose hash begins with enough zero
 * bits. It is done in slices on the page's own thread, because a worker would need a looser content policy and Web Crypto
 * has no hash without a promise each, which makes this a hundred times slower.
 */
import { sha256 } from '@noble/hashes/sha2.js';

export interface Challenge {
  token: string;
  /** Zero bits that SHA-256(`${token}:${answer}`) must begin with. */
  bits: number;
}

/** How long one slice may hold the page up, in milliseconds. */
const slice = 12;

/** Whether a hash begins with that many zero bits. */
export function zeroBits(hash: Uint8Array, bits: number): boolean {
  const whole = bits >> 3;
  for (let at = 0; at < whole; at += 1) if (hash[at] !== 0) return false;
  const rest = bits & 7;
  return rest === 0 || (hash[whole] ?? 0) >> (8 - rest) === 0;
}

/** Lets the page do what waits. A message, because timers of a tab that is not looked at come once a second. */
const nextTurn = () =>
  new Promise<void>((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });

/** Finds an answer. @throws the signal's reason when it is aborted. */
export async function challengeSolve({ token, bits }: Challenge, signal?: AbortSignal): Promise<string> {
  const text = new TextEncoder();
  // The token is the same every time: its part of the hash is made once.
  const begun = sha256.create().update(text.encode(`${token}:`));
  for (let number = 0; ;) {
    const until = performance.now() + slice;
    while (performance.now() < until) {
      // The clock is asked once for many tries.
      for (let tries = 0; tries < 200; tries += 1, number += 1) {
        const answer = number.toString(36);
        if (zeroBits(begun.clone().update(text.encode(answer)).digest(), bits)) return answer;
      }
    }
    await nextTurn();
    signal?.throwIfAborted();
  }
}
