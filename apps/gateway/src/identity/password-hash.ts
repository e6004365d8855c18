/**
 * argon2id in libuv's threads. Each hash takes about 20 MB and 30 ms of a core, so only a few run at once and the queue is
 * short: a flood of sign-ins must not starve everything else.
 */
import { hash, verify, type Options } from '@node-rs/argon2';
import { BasaltError } from '@basalt/contract';

// 2 = argon2id; the package's enum exists for the type checker only
const options: Options = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const AT_ONCE = 2;
const QUEUE = 64;

let running = 0;
const waiting: (() => void)[] = [];

async function bounded<T>(work: () => Promise<T>): Promise<T> {
  if (running >= AT_ONCE) {
    if (waiting.length >= QUEUE) throw new BasaltError('tooManyRequests', { seconds: 5 });
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else running += 1;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }
}

export const passwordHash = (password: string): Promise<string> => bounded(() => hash(password, options));

let dummy: Promise<string> | null = null;

/** Whether the password is the one of the hash. With null as much work is done and the answer is no. */
export async function passwordVerify(stored: string | null, password: string): Promise<boolean> {
  dummy ??= passwordHash('nobody has this password');
  const against = stored ?? (await dummy);
  const same = await bounded(() => verify(against, password));
  return same && stored !== null;
}

/** Makes the hash that unknown accounts are compared with, so that the first of them takes no longer. */
export async function passwordHashWarm(): Promise<void> {
  await passwordVerify(null, 'x');
}
