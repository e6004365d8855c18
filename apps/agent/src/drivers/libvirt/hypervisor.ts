/** libvirt as the agent's hypervisor: domains by UUID, their marks, events in order, the storage's secret. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { GuestFacts } from '@basalt/contract';
import {
  type DomainEvent,
  type DomainModel,
  type DomainSummary,
  type HostEvent,
  type LibvirtHost,
  domainFromXml,
  domainToXml,
  isLibvirtError,
} from '@basalt/libvirt';
import { metadataFromXml } from '@basalt/libvirt/domain-xml/machine-xml';
import { childOf, xmlParse } from '@basalt/libvirt/domain-xml/xml-tree';
import { isActive, type DomainAct } from '../../domain-machine.ts';
import type { CallLimit, DomainSeen, HostLog, Hypervisor, HypervisorEvent } from '../../host.types.ts';
import { guestFactsRead } from './guest-facts.ts';
import { reasonOf, stateOf } from './state-names.ts';

type Mark = DomainSeen['mark'];
const EVENT_READ_MS = 5000;

export interface LibvirtHypervisorOptions {
  readonly host: LibvirtHost;
  readonly virtualisation: 'kvm' | 'tcg';
  /** Where libvirt keeps QEMU's pid files; their age is the domain's. */
  readonly pidDirectory: string;
  readonly log: HostLog;
}

export class LibvirtHypervisor implements Hypervisor {
  readonly virtualisation: 'kvm' | 'tcg';
  readonly #host: LibvirtHost;
  readonly #options: LibvirtHypervisorOptions;
  readonly #listeners = new Set<(event: HypervisorEvent) => void>();
  /** Marks change only with the definition. */
  readonly #marks = new Map<string, Mark>();
  readonly #last = new Map<string, DomainSeen>();
  /** Events of one domain are read one after another, in libvirt's order. */
  readonly #turns = new Map<string, Promise<void>>();

  constructor(options: LibvirtHypervisorOptions) {
    this.#options = options;
    this.#host = options.host;
    this.virtualisation = options.virtualisation;
    options.host.subscribe((event) => this.#hear(event));
  }

  get connected(): boolean {
    return this.#host.connected;
  }

  onEvent(listener: (event: HypervisorEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async domainList({ signal }: CallLimit): Promise<DomainSeen[]> {
    const found = await this.#host.client.domainSummaries({ signal });
    const seen = await Promise.all(found.map((one) => this.#see(one, signal)));
    return seen.filter((one) => one !== null);
  }

  async domainGet(uuid: string, { signal }: CallLimit): Promise<DomainSeen | null> {
    const seen = await this.#get(uuid, signal);
    if (!seen) this.#marks.delete(uuid);
    return seen;
  }

  async define(model: DomainModel, { signal }: CallLimit): Promise<boolean> {
    const read = () => this.#xmlOrNull(model.uuid, signal);
    const before = await read();
    await this.#host.client.domainDefine(domainToXml(model), {}, { signal });
    this.#marks.set(model.uuid, model.metadata);
    return (await read()) !== before;
  }

  async definition(uuid: string, { signal }: CallLimit): Promise<DomainModel | null> {
    const xml = await this.#xmlOrNull(uuid, signal);
    return xml === null ? null : domainFromXml(xml);
  }

  async act(uuid: string, act: Exclude<DomainAct, 'define'>, { signal }: CallLimit): Promise<void> {
    const { client } = this.#host;
    const jobs = { lane: 'jobs', signal } as const;
    switch (act) {
      case 'start':
        return void (await client.domainCreate(uuid, {}, jobs));
      case 'destroy':
        return this.#goneIsFine(client.domainDestroy(uuid, {}, jobs));
      case 'undefine':
        await this.#goneIsFine(
          client.domainUndefine(
            uuid,
            { managedSave: true, snapshotsMetadata: true, checkpointsMetadata: true, nvram: true },
            jobs,
          ),
        );
        return void this.#marks.delete(uuid);
      case 'suspend':
        return client.domainSuspend(uuid, { signal });
      case 'resume':
        return client.domainResume(uuid, { signal });
      case 'reset':
        return client.domainReset(uuid, { signal });
      case 'pressPower':
        await client.domainShutdown(uuid, { acpi: true }, { signal });
        // Guests without an ACPI daemon hear their agent only; one that has both is told twice, which does no harm.
        return this.#agentTry(client.domainShutdown(uuid, { agent: true }, { timeoutMs: 5000, signal }));
      case 'pressReboot':
        // Not both: libvirt would reset the guest again at its next power-off, taking it for the end of this reboot.
        if (await this.#agentDone(client.domainReboot(uuid, { agent: true }, { timeoutMs: 5000, signal }))) return;
        return client.domainReboot(uuid, { acpi: true }, { signal });
    }
  }

  async imagesOpen({ signal }: CallLimit): Promise<ReadonlyMap<string, string>> {
    const { client } = this.#host;
    const images = new Map<string, string>();
    for (const { uuid } of await client.domainList({ active: true }, { signal })) {
      try {
        for (const { source } of domainFromXml(await client.domainGetXml(uuid, {}, { signal })).disks)
          if (source.type === 'rbd') images.set(`${source.pool}/${source.image}`, uuid);
      } catch (error) {
        signal.throwIfAborted();
        this.#options.log.warn({ error, uuid }, 'disks of a running domain cannot be read');
      }
    }
    return images;
  }

  guestFacts(uuid: string, { signal }: CallLimit): Promise<GuestFacts> {
    return guestFactsRead(this.#host, uuid, signal);
  }

  async screenshot(uuid: string, { signal }: CallLimit): Promise<Buffer | null> {
    try {
      const { mime, data } = await this.#host.client.domainScreenshot(uuid, 0, { signal });
      return mime === 'image/png' ? data : null;
    } catch (error) {
      if (isLibvirtError(error, 'VIR_ERR_OPERATION_INVALID', 'VIR_ERR_NO_DOMAIN')) return null;
      throw error;
    }
  }

  async secretEnsure(secretId: string, user: string, key: string, { signal }: CallLimit): Promise<boolean> {
    const { client } = this.#host;
    const existed = await client.secretExists(secretId, { signal });
    // The name is for people, but has to be unique on the host: another cluster may have a user of the same name.
    if (!existed)
      await client.secretDefineCeph(
        { uuid: secretId, name: `client.${user} ${secretId}` },
        { ephemeral: true },
        { signal },
      );
    // libvirt gives a private value to nobody, so whether this one is new cannot be seen: it is set in any case.
    await client.secretSetValue(secretId, Buffer.from(key, 'base64'), { signal });
    return !existed;
  }

  async secretRemove(secretId: string, { signal }: CallLimit): Promise<boolean> {
    const { client } = this.#host;
    if (!(await client.secretExists(secretId, { signal }))) return false;
    await client.secretUndefine(secretId, { signal });
    return true;
  }

  async #xmlOrNull(uuid: string, signal: AbortSignal): Promise<string | null> {
    try {
      return await this.#host.client.domainGetXml(uuid, { inactive: true }, { signal });
    } catch (error) {
      if (isLibvirtError(error, 'VIR_ERR_NO_DOMAIN')) return null;
      throw error;
    }
  }

  async #goneIsFine(call: Promise<void>): Promise<void> {
    try {
      await call;
    } catch (error) {
      // It ended or went by itself between the look and the act.
      if (!isLibvirtError(error, 'VIR_ERR_NO_DOMAIN', 'VIR_ERR_OPERATION_INVALID')) throw error;
    }
  }

  async #agentDone(call: Promise<void>): Promise<boolean> {
    try {
      await call;
      return true;
    } catch (error) {
      if (isLibvirtError(error)) return false;
      throw error;
    }
  }

  async #agentTry(call: Promise<void>): Promise<void> {
    await this.#agentDone(call);
  }

  async #get(uuid: string, signal: AbortSignal): Promise<DomainSeen | null> {
    try {
      const { client } = this.#host;
      const handle = await client.domainLookupByUuid(uuid, { signal });
      return await this.#see({ ...handle, ...(await client.domainGetState(uuid, { signal })) }, signal);
    } catch (error) {
      if (isLibvirtError(error, 'VIR_ERR_NO_DOMAIN')) return null;
      throw error;
    }
  }

  /** Null when the domain went while it was looked at. */
  async #see(found: DomainSummary, signal: AbortSignal): Promise<DomainSeen | null> {
    const { uuid, name } = found;
    let mark = this.#marks.get(uuid);
    if (mark === undefined) {
      const xml = await this.#xmlOrNull(uuid, signal);
      if (xml === null) return null;
      mark = metadataFromXml(childOf(xmlParse(xml), 'metadata'));
      // The UUID is the VM's id: a copied definition that carries another VM's mark is not ours.
      if (mark && mark.vmId !== uuid) mark = null;
      this.#marks.set(uuid, mark);
    }
    const state = stateOf(found.state);
    const startedAt = isActive(state) ? await this.#startedAt(name) : null;
    return { uuid, name, state, reason: reasonOf(state, found.reason), mark, startedAt };
  }

  async #startedAt(name: string): Promise<string | null> {
    try {
      return (await stat(join(this.#options.pidDirectory, `${name}.pid`))).mtime.toISOString();
    } catch {
      return null;
    }
  }

  #emit(event: HypervisorEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #hear(event: HostEvent): void {
    if (event.type === 'disconnected') return this.#emit({ type: 'libvirt', connected: false });
    if (event.type === 'resync') {
      this.#marks.clear();
      this.#emit({ type: 'libvirt', connected: true });
      const listed = new Set(event.domains.map(({ uuid }) => uuid));
      for (const uuid of new Set([...listed, ...this.#last.keys()])) this.#read(uuid, 'resync');
      return;
    }
    if (event.type === 'unreadable')
      return this.#options.log.warn({ error: event.error }, 'an event of libvirt cannot be read');
    this.#hearDomain(event);
  }

  #hearDomain(event: DomainEvent): void {
    const { uuid } = event.domain;
    if (event.type === 'lifecycle') {
      if (event.event === 'defined' || event.event === 'undefined') this.#marks.delete(uuid);
      this.#read(uuid, event.event, event.domain.name);
    } else if (event.type === 'reboot') {
      this.#read(uuid, 'rebooted');
    } else if (event.type === 'io-error') {
      this.#read(uuid, 'ioerror');
    } else if (event.type === 'agent-lifecycle') {
      this.#emit({ type: 'guest', uuid });
    }
  }

  /** Reads the domain and tells what it is now: the event's own words may be overtaken already. */
  #read(uuid: string, cause: string, name?: string): void {
    const turn = (this.#turns.get(uuid) ?? Promise.resolve()).then(async () => {
      try {
        const before = this.#last.get(uuid);
        const now = await this.#get(uuid, AbortSignal.timeout(EVENT_READ_MS));
        if (now) this.#last.set(uuid, now);
        else this.#last.delete(uuid);
        if (cause === 'resync' && before?.state === now?.state && before?.reason === now?.reason) return;
        const seen = now ?? {
          ...(before ?? { uuid, name: name ?? uuid, mark: null }),
          state: 'absent' as const,
          reason: 'unknown',
          startedAt: null,
        };
        // The first look after a start of ours is no event.
        if (cause !== 'resync' || before) this.#emit({ type: 'domain', seen, cause });
      } catch (error) {
        this.#options.log.warn({ error, uuid, cause }, 'a domain could not be read after its event');
      }
    });
    this.#turns.set(uuid, turn);
    void turn.then(() => {
      if (this.#turns.get(uuid) === turn) this.#turns.delete(uuid);
    });
  }
}
