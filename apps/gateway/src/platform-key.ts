/** The platform key: seals what the gateway's database holds of secrets. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { keyRingRead, keyRingTrim, keyRingTurn, sealerOpen } from '@basalt/service';
import type { Database } from './store/database.ts';
import { placeReseal, sealedElsewhere, sealedPlaces, sealedPlacesLock } from './store/sealed-store.ts';

/** The ring's file in the state directory. */
export const PLATFORM_KEY = 'platform.key';
/** Where its only key lay before there was a ring. */
export const FORMER_KEY = 'seal.key';

export interface RotationOptions {
  readonly db: Database;
  readonly stateDirectory: string;
  /**
   * How long after the exchange the old key is kept at least, in milliseconds: a request that had sealed something with it a
   * moment before must have stored it by then.
   */
  readonly graceMs?: number;
  readonly say?: (line: string) => void;
}

export interface Rotation {
  readonly key: string;
  readonly resealed: number;
  /** Values that no key opens; while there are any, old keys stay. */
  readonly lost: number;
  readonly removed: readonly string[];
}

/**
 * Exchanges the platform key while gateways run: a new key seals from now on, what others sealed is sealed anew, and when
 * nothing uses them any more they are removed. Interrupted, it goes on where it was; the ring says that it is under way.
 * @throws Error when ring or database cannot be used.
 */
export async function platformKeyRotate({
  db,
  stateDirectory,
  graceMs = 30_000,
  say = () => undefined,
}: RotationOptions): Promise<Rotation> {
  const seal = sealerOpen(stateDirectory, PLATFORM_KEY, FORMER_KEY);
  const file = join(stateDirectory, PLATFORM_KEY);
  if (keyRingRead(file).keys.size === 1) say(`new key ${keyRingTurn(file)}`);
  else say('an exchange was under way; going on with it');
  const { current: key, changedAt } = keyRingRead(file);
  let resealed = 0;
  let lost = 0;
  const pass = async (): Promise<void> => {
    lost = 0;
    for (const place of sealedPlaces) {
      const done = await placeReseal(db, seal, place, key);
      resealed += done.count;
      lost += done.lost;
      if (done.count + done.lost > 0)
        say(`${place.table} ${place.what}: ${done.count} sealed anew, ${done.lost} cannot be opened`);
    }
  };
  await pass();
  const wait = (changedAt?.getTime() ?? 0) + graceMs - Date.now();
  if (wait > 0) {
    say(`waiting ${Math.ceil(wait / 1_000)} s for requests under way`);
    await setTimeout(wait);
    await pass();
  }
  const removed = await db.transaction(async (tx) => {
    await sealedPlacesLock(tx);
    if ((await sealedElsewhere(tx, key)) > 0) return [];
    rmSync(join(stateDirectory, FORMER_KEY), { force: true });
    return keyRingTrim(file);
  });
  return { key, resealed, lost, removed };
}
