/** From the hypervisor's events to the agent's: domains, libvirt itself, and what guests say of themselves. */
import type { GuestFacts } from '@basalt/contract';
import { vmId as vmIdOf } from '@basalt/contract';
import { isActive } from './domain-machine.ts';
import type { AgentHost } from './host.types.ts';
import { domainFactsOf } from './operations/domain-facts-of.ts';

const TICK_MS = 1000;
const EVERY_MS = 30_000;
/** While the guest boots: soon and often, so that its address is shown when it has one. */
const BOOTING_MS = 3000;
const BOOTING_FOR_MS = 120_000;
const QUESTION_MS = 12_000;
const AT_ONCE = 2;
const AGAIN_MS = 3000;

interface Watched {
  due: number;
  readonly since: number;
  asking: boolean;
  /** Last facts without their time, to tell changes. */
  said: string;
}

export interface DomainWatchOptions {
  /** After each (re)connection: what the hypervisor forgot has to be told again. */
  readonly onConnected?: () => Promise<void>;
}

/** Watches until the returned function is called. */
export function domainWatchStart(host: AgentHost, { onConnected }: DomainWatchOptions = {}): () => void {
  const guests = new Map<string, Watched>();
  const { hypervisor, events, log } = host;

  const watch = (uuid: string, startedJustNow: boolean): void => {
    const now = Date.now();
    const known = guests.get(uuid);
    if (known && !startedJustNow) return void (known.due = now);
    guests.set(uuid, { due: now + BOOTING_MS, since: now, asking: false, said: '' });
    tick();
  };

  const ask = async (uuid: string, watched: Watched): Promise<void> => {
    watched.asking = true;
    try {
      const facts = await hypervisor.guestFacts(uuid, { signal: AbortSignal.timeout(QUESTION_MS) });
      if (guests.get(uuid) !== watched) return;
      const { seenAt: _, ...lasting } = facts;
      const said = JSON.stringify(lasting);
      if (said !== watched.said) {
        watched.said = said;
        events.push({ type: 'guest', vmId: vmIdOf.parse(uuid), guest: facts });
      }
      watched.due = Date.now() + pause(facts, watched);
    } catch (error) {
      log.warn({ error, vmId: uuid }, 'guest did not answer');
      watched.due = Date.now() + EVERY_MS;
    } finally {
      watched.asking = false;
    }
  };

  let again: NodeJS.Timeout | undefined;
  /** What is not told now is told soon: without the storage's secret no guest starts here any more. */
  const tellAgain = async (): Promise<void> => {
    clearTimeout(again);
    try {
      await onConnected?.();
    } catch (error) {
      log.error({ error }, 'the hypervisor could not be told what it forgot');
      again = setTimeout(() => void tellAgain(), AGAIN_MS).unref();
    }
  };

  const takeStock = async (): Promise<void> => {
    await tellAgain();
    const seen = await hypervisor.domainList({ signal: AbortSignal.timeout(QUESTION_MS) });
    for (const one of seen) if (one.mark && isActive(one.state)) watch(one.uuid, false);
  };

  const off = hypervisor.onEvent((event) => {
    if (event.type === 'libvirt') {
      clearTimeout(again);
      events.push({ type: 'libvirt', connected: event.connected });
      if (event.connected)
        takeStock().catch((error: unknown) => log.error({ error }, 'taking stock after connecting failed'));
    } else if (event.type === 'guest') {
      if (guests.has(event.uuid)) watch(event.uuid, false);
    } else {
      const { seen, cause } = event;
      events.push({ type: 'domain', domain: domainFactsOf(host, seen), cause });
      if (!isActive(seen.state)) guests.delete(seen.uuid);
      else if (seen.mark) watch(seen.uuid, cause === 'started');
    }
  });

  let ticking: NodeJS.Timeout | undefined;
  let stopped = false;
  /** Looks once a second while there are guests: a host without any, of thousands in a simulation, costs nothing. */
  const tick = (): void => {
    if (stopped) return;
    ticking ??= setInterval(() => {
      if (guests.size === 0) {
        clearInterval(ticking);
        ticking = undefined;
        return;
      }
      const now = Date.now();
      let asking = [...guests.values()].filter((one) => one.asking).length;
      for (const [uuid, watched] of guests) {
        if (asking >= AT_ONCE) return;
        if (watched.asking || watched.due > now) continue;
        asking += 1;
        void ask(uuid, watched);
      }
    }, TICK_MS).unref();
  };
  return () => {
    stopped = true;
    off();
    clearTimeout(again);
    clearInterval(ticking);
  };
}

function pause(facts: GuestFacts, { since }: Watched): number {
  const settled = facts.agent === 'running' && facts.interfaces.some(({ addresses }) => addresses.some(isRoutable));
  return settled || Date.now() - since > BOOTING_FOR_MS ? EVERY_MS : BOOTING_MS;
}

const isRoutable = (address: string): boolean => !/^(127\.|::1$|fe80:)/iu.test(address);
