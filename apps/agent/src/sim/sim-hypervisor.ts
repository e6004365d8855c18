/** A hypervisor in memory that plays the same state machine by which the agent decides. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { GuestFacts } from '@basalt/contract';
import type { DomainState } from '@basalt/contract/agent/index';
import type { DomainModel } from '@basalt/libvirt';
import { domainAfter, isActive, type DomainAct } from '../domain-machine.ts';
import type { CallLimit, DomainSeen, Hypervisor, HypervisorEvent } from '../host.types.ts';
import { modelLean, type SimDomain } from './sim-domain.ts';
import type { SimStorage } from './sim-storage.ts';
import type { SimTiming } from './sim-timing.ts';

export interface SimHypervisorOptions {
  readonly storage: SimStorage;
  /** The host's, as Ceph sees it. */
  readonly address: string;
  readonly timing: SimTiming;
  readonly domains?: readonly SimDomain[];
  readonly changed: () => void;
}

type Image = { pool: string; image: string };
const imagesOf = (model: DomainModel): Image[] =>
  model.disks.flatMap(({ source }) => (source.type === 'rbd' ? [{ pool: source.pool, image: source.image }] : []));

/** One grey pixel: a screen is there. */
const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mM0MDD4DwACJgEAkSfq9QAAAABJRU5ErkJggg==',
  'base64',
);

export class SimHypervisor implements Hypervisor {
  readonly connected = true;
  readonly virtualisation = 'kvm';
  readonly #options: SimHypervisorOptions;
  readonly #domains = new Map<string, SimDomain>();
  readonly #listeners = new Set<(event: HypervisorEvent) => void>();
  readonly #secrets = new Set<string>();

  constructor(options: SimHypervisorOptions) {
    this.#options = options;
    this.#settle(options.domains ?? []);
  }

  /** Domains as if they had been here for long: nobody is told. One that is known stays as it is. */
  stock(domains: readonly SimDomain[]): void {
    this.#settle(domains.filter(({ model }) => !this.#domains.has(model.uuid)));
    this.#options.changed();
  }

  snapshot(): SimDomain[] {
    return [...this.#domains.values()];
  }

  onEvent(listener: (event: HypervisorEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async domainList(): Promise<DomainSeen[]> {
    return [...this.#domains.values()].map((domain) => this.#seen(domain));
  }

  async domainGet(uuid: string): Promise<DomainSeen | null> {
    const domain = this.#domains.get(uuid);
    return domain ? this.#seen(domain) : null;
  }

  async define(model: DomainModel, { signal }: CallLimit): Promise<boolean> {
    await this.#take(this.#options.timing.define, signal);
    const before = this.#domains.get(model.uuid);
    const changed = !before || JSON.stringify(before.model) !== JSON.stringify(model);
    const lean = modelLean(model);
    if (before) before.model = lean;
    else this.#domains.set(model.uuid, { model: lean, state: 'shutoff', reason: 'unknown', startedAt: null });
    this.#tell(model.uuid, 'defined');
    return changed;
  }

  async definition(uuid: string): Promise<DomainModel | null> {
    return this.#domains.get(uuid)?.model ?? null;
  }

  async act(uuid: string, act: Exclude<DomainAct, 'define'>, { signal }: CallLimit): Promise<void> {
    const { timing } = this.#options;
    await this.#take(act === 'start' ? timing.start : act === 'destroy' ? timing.destroy : timing.act, signal);
    const domain = this.#domains.get(uuid);
    if (!domain) return;
    if (act === 'pressPower') return this.#guestEndsLater(domain);
    if (act === 'pressReboot' || act === 'reset') return this.#tell(uuid, 'rebooted');
    if (act === 'undefine') {
      this.#domains.delete(uuid);
      this.#emit({ ...this.#seen(domain), state: 'absent', startedAt: null }, 'undefined');
      return;
    }
    if (act === 'start')
      for (const image of imagesOf(domain.model)) this.#options.storage.watch(image, uuid, this.#options.address);
    const { state, reason, cause } = domainAfter(act, { ...domain, cause: '' });
    this.#become(domain, state, reason, cause);
  }

  async imagesOpen(): Promise<ReadonlyMap<string, string>> {
    const active = [...this.#domains.values()].filter(({ state }) => isActive(state));
    return new Map(
      active.flatMap(({ model }) => imagesOf(model).map((one) => [`${one.pool}/${one.image}`, model.uuid] as const)),
    );
  }

  async guestFacts(uuid: string): Promise<GuestFacts> {
    const domain = this.#domains.get(uuid);
    const up = domain?.state === 'running' && this.#bootedBy(domain) <= Date.now();
    const nothing = { agentVersion: null, hostName: null, os: null, interfaces: [] };
    const seenAt = new Date().toISOString();
    if (!domain || !up) return { agent: 'absent', ...nothing, seenAt };
    return {
      agent: 'running',
      agentVersion: '7.2.22',
      hostName: domain.model.title ?? domain.model.name,
      os: 'Simulated Linux',
      interfaces: domain.model.interfaces.map(({ mac }, index) => ({ name: `eth${index}`, mac, addresses: [] })),
      seenAt,
    };
  }

  async screenshot(uuid: string): Promise<Buffer | null> {
    return isActive(this.#domains.get(uuid)?.state ?? 'absent') ? pixel : null;
  }

  async secretEnsure(secretId: string): Promise<boolean> {
    const known = this.#secrets.has(secretId);
    this.#secrets.add(secretId);
    return !known;
  }

  async secretRemove(secretId: string): Promise<boolean> {
    return this.#secrets.delete(secretId);
  }

  /** What happens to a running guest from outside of the contract. @returns whether it ran. */
  guestEnd(uuid: string, how: 'shutdown' | 'crashed'): boolean {
    const domain = this.#domains.get(uuid);
    if (!domain || !isActive(domain.state)) return false;
    this.#become(domain, 'shutoff', how, how === 'crashed' ? 'crashed' : 'stopped');
    return true;
  }

  #settle(domains: readonly SimDomain[]): void {
    const { storage, address } = this.#options;
    for (const { model, ...rest } of domains) {
      this.#domains.set(model.uuid, { model: modelLean(model), ...rest });
      if (!isActive(rest.state)) continue;
      for (const image of imagesOf(model)) if (storage.has(image)) storage.watch(image, model.uuid, address);
    }
  }

  #bootedBy({ startedAt }: SimDomain): number {
    return (startedAt === null ? 0 : Date.parse(startedAt)) + this.#options.timing.boot;
  }

  #guestEndsLater(domain: SimDomain): void {
    const { startedAt } = domain;
    setTimeout(() => {
      // Another start since then is another guest.
      if (domain.startedAt === startedAt) this.guestEnd(domain.model.uuid, 'shutdown');
    }, this.#options.timing.shutdown).unref();
  }

  #become(domain: SimDomain, state: DomainState, reason: string, cause: string): void {
    const { uuid } = domain.model;
    if (!isActive(state)) for (const image of imagesOf(domain.model)) this.#options.storage.unwatch(image, uuid);
    if (!isActive(domain.state) && isActive(state)) domain.startedAt = new Date().toISOString();
    if (!isActive(state)) domain.startedAt = null;
    domain.state = state;
    domain.reason = reason;
    this.#tell(uuid, cause);
  }

  #seen({ model, state, reason, startedAt }: SimDomain): DomainSeen {
    return { uuid: model.uuid, name: model.name, state, reason, mark: model.metadata, startedAt };
  }

  #tell(uuid: string, cause: string): void {
    const domain = this.#domains.get(uuid);
    if (domain) this.#emit(this.#seen(domain), cause);
  }

  #emit(seen: DomainSeen, cause: string): void {
    this.#options.changed();
    for (const listener of this.#listeners) listener({ type: 'domain', seen, cause });
  }

  async #take(ms: number, signal: AbortSignal): Promise<void> {
    if (ms > 0) await sleep(ms, undefined, { signal });
  }
}
