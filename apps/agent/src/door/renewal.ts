/** Renews the certificate at half life; when the region is away, again and again until it answers. */
import { identityWrite, type Identity } from './identity-store.ts';
import type { HostLog } from '../host.types.ts';

const RETRY_MS = 60_000;
const LONGEST_MS = 6 * 3_600_000;

export interface RenewalOptions {
  readonly stateDir: string | null;
  readonly log: HostLog;
  /** The door serves with it from now on. */
  readonly onRenewed: (identity: Identity) => void;
  readonly retryMs?: number;
}

/** Returns the way to stop. */
export function renewalStart(
  first: Identity,
  { stateDir, log, onRenewed, retryMs = RETRY_MS }: RenewalOptions,
): () => void {
  let identity = first;
  let timer: NodeJS.Timeout | undefined;
  const due = (): number => Math.max(0, Date.parse(identity.membership.renewAfter) - Date.now());
  // Waits in pieces: a suspended machine's timers stand still, and long ones overflow.
  const wait = (ms: number): void => {
    timer = setTimeout(() => void turn(), Math.min(ms, LONGEST_MS));
    timer.unref();
  };
  const turn = async (): Promise<void> => {
    if (due() > 0) return wait(due());
    try {
      // what it takes to ask for a certificate is wanted for a second every few weeks
      const { renew } = await import('./enrol.ts');
      identity = await renew(identity);
      if (stateDir !== null) identityWrite(stateDir, identity);
      onRenewed(identity);
      log.info({ renewAfter: identity.membership.renewAfter }, 'certificate renewed');
      wait(Math.max(due(), retryMs));
    } catch (error) {
      log.warn({ error }, 'certificate not renewed, trying again');
      wait(retryMs * (0.5 + Math.random()));
    }
  };
  wait(due());
  return () => clearTimeout(timer);
}
