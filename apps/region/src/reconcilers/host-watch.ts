/**
 * Listens to every host's agent. An event is worked in the moment it comes, together with its number, so that after a
 * change of leader the stream goes on where it was. A host nobody has heard for the grace period is lost.
 */
import { and, eq, isNull, notInArray } from 'drizzle-orm';
import type { HostId } from '@basalt/contract';
import type { AgentEvent } from '@basalt/contract/agent/schemas';
import type { EventStream, HostAddress } from '../drivers/agent/agent-driver.ts';
import { hostsConnected, hostsSeen, type HostRow } from '../store/host.ts';
import { hosts, vms } from '../store/schema/index.ts';
import type { Work } from '../store/transact.ts';
import { hostAddress } from '../tasks/vm-parts.ts';
import { domainFactsApply } from './domain-facts.ts';
import { healthSet } from './findings.ts';
import { hostIsLost, hostSync, type HostMemory } from './host-sync.ts';
import type { Reconciler, ReconcilerContext } from './reconciler.ts';

/** Milliseconds without a connection after which a host counts as unreachable. */
const GRACE = 10_000;
/** Facts are asked for at least this often; with thousands of hosts less. */
const FACTS_EVERY = 30_000;
const WIDTH = 16;
/** Streams opened in one round: after a change of leader thousands are due at once. */
const OPEN_AT_ONCE = 500;
/** Hosts given up in one round: whoever is heard meanwhile does not wait for all of them to be written down. */
const LOSE_AT_ONCE = 50;
/** Milliseconds after which an unchanged health is written again. */
const HEALTH_EVERY = 15_000;
/**
 * Milliseconds for which the streams are kept after leading has ended: a process that was too busy to renew in time leads
 * again at once, and opening thousands of streams anew would make it busier still.
 */
const KEEP = 5_000;

/** Inventories are large and there may be thousands: a look every second reads only what it needs. */
const watchedColumns = {
  id: hosts.id,
  name: hosts.name,
  address: hosts.address,
  port: hosts.port,
  pathPrefix: hosts.pathPrefix,
  state: hosts.state,
  eventSequence: hosts.eventSequence,
  connectedUnder: hosts.connectedUnder,
};
type WatchedRow = Pick<HostRow, keyof typeof watchedColumns>;

interface Watched {
  readonly address: HostAddress;
  readonly stream: EventStream;
  connected: boolean;
  lostAt: number;
  syncedAt: number;
  syncing: boolean;
  readonly memory: HostMemory;
}

const same = (a: HostAddress, b: HostAddress): boolean =>
  a.address === b.address && a.port === b.port && a.pathPrefix === b.pathPrefix;

async function eventApply(work: Work, id: HostId, event: AgentEvent): Promise<void> {
  if (event.type === 'domain') await domainFactsApply(work, id, event.domain);
  else if (event.type === 'guest') {
    const [row] = await work.tx
      .update(vms)
      .set({ guest: event.guest })
      .where(eq(vms.id, event.vmId))
      .returning({ id: vms.id });
    if (row) work.changed('vm', row.id);
  } else if (event.type === 'libvirt' && !event.connected) {
    work.event({ kind: 'host', id, name: id, type: 'host.libvirtLost', level: 'warning' });
  }
  await work.tx.update(hosts).set({ eventSequence: event.sequence, seenAt: new Date() }).where(eq(hosts.id, id));
}

/** Writes down whom this leader hears and whom it does not, where the rows say otherwise. */
async function connectionsStore(
  ctx: ReconcilerContext,
  rows: readonly WatchedRow[],
  watched: ReadonlyMap<HostId, Watched>,
): Promise<void> {
  const { token } = ctx.lease;
  // one whose first facts are still missing is not offered: what it had before may be gone
  const heard = (row: WatchedRow): boolean => {
    const entry = watched.get(row.id);
    return entry !== undefined && entry.connected && entry.syncedAt > 0;
  };
  const found = rows.filter((row) => row.connectedUnder !== token && heard(row)).map((row) => row.id);
  const lost = rows
    .filter((row) => row.connectedUnder === token && !watched.get(row.id)?.connected)
    .map((row) => row.id);
  if (found.length === 0 && lost.length === 0) return;
  await ctx.transact(async (work) => {
    await hostsConnected(work.tx, found, token);
    await hostsConnected(work.tx, lost, null);
    for (const id of [...found, ...lost]) work.changed('host', id);
  });
}

export function hostWatch(): Reconciler {
  const watched = new Map<HostId, Watched>();
  /** Of the present term, or the last. */
  let term: ReconcilerContext | null = null;
  let forgetting: NodeJS.Timeout | undefined;
  let said = { text: '', at: 0 };
  /** Hosts whose facts are wanted, and how many are being asked. */
  const wanted = new Map<HostId, PromiseWithResolvers<void>>();
  let asking = 0;
  /** Hosts that had nothing new to say, with the number of their last event: written down for all of them together. */
  const heard = new Map<HostId, number>();

  function forgetAll(): void {
    for (const turn of wanted.values()) turn.reject(new Error('leads no more'));
    wanted.clear();
    heard.clear();
    for (const entry of watched.values()) entry.stream.close();
    watched.clear();
  }

  function termBegin(ctx: ReconcilerContext): void {
    clearTimeout(forgetting);
    // under the same lease nobody else has led in between
    if (term?.lease.token !== ctx.lease.token || term.lease.holder !== ctx.lease.holder) forgetAll();
    term = ctx;
    ctx.signal.addEventListener(
      'abort',
      () => {
        if (term === ctx) forgetting = setTimeout(forgetAll, KEEP).unref();
      },
      { once: true },
    );
    pump(ctx);
  }

  async function sync(ctx: ReconcilerContext, id: HostId): Promise<void> {
    const entry = watched.get(id);
    if (!entry || entry.syncing) return;
    entry.syncing = true;
    try {
      const { quiet } = await hostSync(ctx, id, entry.memory);
      if (quiet !== null) heard.set(id, quiet);
      const first = entry.syncedAt === 0;
      entry.syncedAt = Date.now();
      // somebody may be waiting for this host; many at once are written down together
      if (first) ctx.nudge('hosts');
    } finally {
      entry.syncing = false;
    }
  }

  function pump(ctx: ReconcilerContext): void {
    while (asking < WIDTH && !ctx.signal.aborted) {
      const [next] = wanted;
      if (!next) return;
      const [id, turn] = next;
      wanted.delete(id);
      asking += 1;
      sync(ctx, id)
        .then(turn.resolve, (error: unknown) => {
          ctx.services.log.warn({ host: id, error }, 'no facts');
          turn.reject(error instanceof Error ? error : new Error(String(error)));
        })
        .finally(() => {
          asking -= 1;
          pump(ctx);
        });
    }
  }

  /**
   * Facts soon, with everybody else's: at most {@link WIDTH} hosts are asked at a time, also when thousands say at once that
   * they have started anew. Settles when this host has been.
   */
  function syncSoon(ctx: ReconcilerContext, id: HostId): Promise<void> {
    const known = wanted.get(id);
    if (known) return known.promise;
    const turn = Promise.withResolvers<void>();
    // told in the log; whoever does not wait has nothing to do about it
    turn.promise.catch(() => undefined);
    wanted.set(id, turn);
    pump(ctx);
    return turn.promise;
  }

  function open(ctx: ReconcilerContext, host: WatchedRow): void {
    const address = hostAddress(host);
    // a stream may outlive the term in which it was opened
    const now = (): ReconcilerContext => term ?? ctx;
    const stream = ctx.services.agents.events(address, host.eventSequence, {
      async onEvent(event) {
        if (event.type === 'resync') {
          // facts that could not be had now are due at the next round: the stream is good, and costs a handshake to open again
          return syncSoon(now(), host.id).catch(() => {
            const entry = watched.get(host.id);
            if (entry) entry.syncedAt = 0;
          });
        }
        await now().transact((work) => eventApply(work, host.id, event));
      },
      onConnected() {
        const entry = watched.get(host.id);
        if (entry) entry.connected = true;
        void syncSoon(now(), host.id);
      },
      onDisconnected(error) {
        const entry = watched.get(host.id);
        if (entry?.connected) {
          entry.connected = false;
          entry.lostAt = Date.now();
          ctx.services.log.warn({ host: host.name, reason: error.message }, 'agent lost');
        }
      },
    });
    watched.set(host.id, {
      address,
      stream,
      connected: false,
      lostAt: Date.now(),
      syncedAt: 0,
      syncing: false,
      memory: {},
    });
  }

  return {
    name: 'hosts',
    every: 1_000,
    async run(ctx) {
      if (term?.signal !== ctx.signal) termBegin(ctx);
      const rows: WatchedRow[] = await ctx.services.db
        .select(watchedColumns)
        .from(hosts)
        .where(and(isNull(hosts.removedAt), notInArray(hosts.state, ['enrolling', 'removing'])));
      const present = new Map(rows.map((row) => [row.id, row]));
      for (const [id, entry] of watched) {
        const row = present.get(id);
        if (row && same(entry.address, hostAddress(row))) continue;
        entry.stream.close();
        watched.delete(id);
        ctx.services.agents.forget(id);
      }
      const unwatched = rows.filter((row) => !watched.has(row.id));
      for (const row of unwatched.slice(0, OPEN_AT_ONCE)) open(ctx, row);

      const now = Date.now();
      const every = Math.max(FACTS_EVERY, rows.length * 20);
      const due = [...watched].filter(([, entry]) => entry.connected && now - entry.syncedAt > every);
      for (const [id] of due) void syncSoon(ctx, id);
      let lost = 0;
      let given = 0;
      if (heard.size > 0) {
        const seen = new Map(heard);
        heard.clear();
        await ctx.transact((work) => hostsSeen(work.tx, seen));
      }
      await connectionsStore(ctx, rows, watched);
      for (const [id, entry] of watched) {
        if (entry.connected || now - entry.lostAt < GRACE) continue;
        const state = present.get(id)?.state;
        lost += 1;
        if (state !== 'available' && state !== 'locked' && state !== 'maintenance') continue;
        if (given >= LOSE_AT_ONCE) continue;
        given += 1;
        await ctx.transact((work) => hostIsLost(work, id));
      }
      const health = lost === 0 ? 'healthy' : lost === rows.length ? 'error' : 'warning';
      const text = `${health} ${rows.length} ${lost}`;
      if (said.text !== text || now - said.at > HEALTH_EVERY) {
        await ctx.transact((work) => healthSet(work, 'agents', health, { hosts: rows.length, lost }));
        said = { text, at: now };
      }
      return { hosts: rows.length, lost, asked: due.length };
    },
  };
}
