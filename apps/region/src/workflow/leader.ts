/**
 * Of all region processes one leads: it resumes the tasks of dead ones and runs the reconcilers. A heartbeat every two
 * seconds, a lease of six; whoever finds it run out takes it. A leader that cannot renew stops leading before the lease
 * ends, by its own monotonic clock, and what it still writes is refused by the lease's token.
 */
import type { Logger } from '@basalt/service';
import type { Database } from '../store/database.ts';
import { LEADER_LEASE } from '../store/schema/index.ts';
import { leaseRelease, leaseTake, type HeldLease } from './lease.ts';

export interface LeaderTiming {
  /** Milliseconds. */
  readonly beat: number;
  readonly expiry: number;
}
export const leaderTiming: LeaderTiming = { beat: 2_000, expiry: 6_000 };

export interface LeaderOptions {
  readonly db: Database;
  readonly holder: string;
  readonly log: Logger;
  /** Called when this process begins to lead; `signal` aborts when it stops leading. */
  readonly lead: (lease: HeldLease, signal: AbortSignal) => void;
  readonly timing?: LeaderTiming;
}

export interface Leader {
  /** The lease while this process leads. */
  readonly lease: HeldLease | null;
  stop(): Promise<void>;
}

export function leaderRun({ db, holder, log, lead, timing = leaderTiming }: LeaderOptions): Leader {
  let lease: HeldLease | null = null;
  let leading: AbortController | null = null;
  let renewedAt = 0;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let turn: Promise<void> = Promise.resolve();

  function depose(why: string): void {
    if (!lease) return;
    log.warn({ lease: lease.token, why }, 'leadership lost');
    lease = null;
    leading?.abort(new Error('leadership lost'));
    leading = null;
  }

  async function beat(): Promise<void> {
    const asked = performance.now();
    try {
      const taken = await leaseTake(db, LEADER_LEASE, holder, timing.expiry);
      if (!taken) depose('another process leads');
      else {
        renewedAt = asked;
        if (lease?.token !== taken.token) {
          depose('the lease had changed hands in between');
          log.info({ lease: taken.token }, 'leading');
          lease = taken;
          leading = new AbortController();
          lead(taken, leading.signal);
        }
      }
    } catch (error) {
      log.warn({ error }, 'leader lease could not be renewed');
    }
    if (lease && performance.now() - renewedAt > timing.expiry - timing.beat / 2) depose('the lease has run out');
  }

  function schedule(): void {
    if (stopped) return;
    // followers look often, so that a lease that has run out is found within half a second
    const wait = lease ? timing.beat : Math.min(500, timing.beat);
    timer = setTimeout(() => {
      turn = beat().finally(schedule);
    }, wait);
  }
  turn = beat().finally(schedule);

  return {
    get lease() {
      return lease;
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await turn;
      clearTimeout(timer);
      const held = lease;
      depose('stopping');
      if (held) await leaseRelease(db, held).catch((error: unknown) => log.warn({ error }, 'lease not released'));
    },
  };
}
