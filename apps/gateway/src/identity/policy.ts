/**
 * The sign-in policy as it holds now (SET-05). It is asked with every request, so it is kept in memory: read again at once
 * when a gateway process says that it changed, and every few seconds in case nobody could say so.
 */
import { loginPolicyDefaults, loginPolicyValues, type LoginPolicy, type LoginPolicyValues } from '@basalt/contract';
import type { Logger } from '@basalt/service';
import type { Database } from '../store/database.ts';
import { settingsGet, type SettingRow } from '../store/setting-store.ts';
import type { SecuritySettings } from './security-settings.ts';

const REFRESH_MS = 3_000;

export interface Policy {
  /** What holds now. */
  readonly now: () => LoginPolicy;
  /** Reads it from the database; whoever changes it calls this after the commit. */
  readonly refresh: () => Promise<LoginPolicy>;
  readonly close: () => void;
}

/** What holds as long as nothing is stored. */
export const policyDefaults = ({ password, lockout, session }: SecuritySettings): LoginPolicyValues => {
  const { single, maxPerAccount, idleMinutes } = { ...loginPolicyDefaults.session, ...session };
  return {
    ...loginPolicyDefaults,
    password: { ...loginPolicyDefaults.password, ...password },
    lockout: { ...loginPolicyDefaults.lockout, ...lockout },
    session: { single, maxPerAccount, idleMinutes },
  };
};

/** The policy that stored rows stand for. @throws ZodError when somebody has put something else into the table. */
export function policyOf(rows: readonly SettingRow[], defaults: LoginPolicyValues): LoginPolicy {
  const stored = rows.find(({ key }) => key === 'loginPolicy');
  const duties = rows.find(({ key }) => key === 'dutySeparation');
  return {
    ...(stored ? loginPolicyValues.parse(stored.value) : defaults),
    dutySeparation: duties?.value['enabled'] === true,
    version: stored?.version ?? 0,
    updatedAt: stored?.updatedAt.toISOString() ?? null,
    updatedBy: stored?.updatedBy ?? null,
  };
}

/** @throws Error when the database does not answer: a door whose policy is not known must not open. */
export async function policyOpen(db: Database, settings: SecuritySettings, log: Logger): Promise<Policy> {
  const defaults = policyDefaults(settings);
  const read = async (): Promise<LoginPolicy> =>
    policyOf(await settingsGet(db, ['loginPolicy', 'dutySeparation']), defaults);
  let held = await read();
  let newest = 0;
  const refresh = async (): Promise<LoginPolicy> => {
    const turn = (newest += 1);
    const found = await read();
    // an answer that was asked for earlier must not undo a later one
    if (turn === newest || found.version > held.version) held = found;
    return held;
  };
  const timer = setInterval(
    () => void refresh().catch((error: unknown) => log.warn({ error }, 'the sign-in policy could not be read again')),
    REFRESH_MS,
  );
  timer.unref();
  return { now: () => held, refresh, close: () => clearInterval(timer) };
}
