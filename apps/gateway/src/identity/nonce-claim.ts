/**
 * Takes nonces for good, in the database, so that a request counts once whichever process gets it and whenever it restarts.
 * Requests that come together share one statement, which also brings the present state of their keys: nobody acts by a key
 * that was disabled a moment ago, and a thousand requests cost a few statements.
 */
import type { Database } from '../store/database.ts';
import { apiKeyFactsQuery, noncesTake, type ApiKeyFacts, type NonceUse } from '../store/api-key-store.ts';

/** Batches under way at once; what comes meanwhile waits and goes together. */
const LANES = 1;
const BATCH_MAX = 500;

export interface Claim {
  /** False: the nonce had been used. */
  readonly fresh: boolean;
  /** The key as it is now; null when it is gone. */
  readonly facts: ApiKeyFacts | null;
}

interface Waiting {
  readonly use: NonceUse;
  readonly resolve: (claim: Claim) => void;
  readonly reject: (error: unknown) => void;
}

const nameOf = ({ keyId, nonce }: Pick<NonceUse, 'keyId' | 'nonce'>): string => `${keyId} ${nonce}`;

export function nonceClaimer(db: Database): (use: NonceUse) => Promise<Claim> {
  const factsOf = apiKeyFactsQuery(db);
  let waiting: Waiting[] = [];
  let running = 0;

  const run = async (batch: readonly Waiting[]): Promise<void> => {
    // in one order everywhere, so that two processes with the same replays cannot wait for each other
    const uses = batch.map(({ use }) => use).toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
    try {
      const [rows, keys] = await Promise.all([
        noncesTake(db, uses),
        factsOf([...new Set(uses.map(({ keyId }) => keyId))]),
      ]);
      const taken = new Set(rows.map(nameOf));
      const facts = new Map(keys.map((found) => [found.key.id, found]));
      for (const { use, resolve } of batch)
        resolve({ fresh: taken.delete(nameOf(use)), facts: facts.get(use.keyId) ?? null });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  };

  const go = (): void => {
    while (running < LANES && waiting.length > 0) {
      const batch = waiting.slice(0, BATCH_MAX);
      waiting = waiting.slice(BATCH_MAX);
      running += 1;
      void run(batch).finally(() => {
        running -= 1;
        go();
      });
    }
  };

  return (use) =>
    new Promise((resolve, reject) => {
      waiting.push({ use, resolve, reject });
      // what else is read from the sockets in this turn of the loop goes along
      if (waiting.length === 1) setImmediate(go);
    });
}
