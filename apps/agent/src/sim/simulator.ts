/**
 * Thousands of hosts in one process: one HTTPS server, the host chosen by the path (`/sim/<index>`), its certificate by
 * the TLS server name. Hosts join with real tokens over the region's real door.
 */
import { createServer } from 'node:net';
import { join } from 'node:path';
import { newId } from '@basalt/service/ids';
import { serverNameOf } from '@basalt/service/tls';
import { identityOf } from '@basalt/service/pki';
import { enrol } from '../door/enrol.ts';
import { regionIdentityOf, regionKeyOf, type Identity } from '../door/identity-store.ts';
import { regionDoorOpen, type RegionDoor } from '../door/region-door.ts';
import { renewalStart } from '../door/renewal.ts';
import { doorOpen, type Door } from '../door/server.ts';
import type { HostLog } from '../host.types.ts';
import { AGENT_VERSION } from '../version.ts';
import { simHostMake, type SimHost, type SimHostKept } from './sim-host.ts';
import { SimJoining, type SimToken } from './sim-joining.ts';
import { SimMembers, type SimStatus } from './sim-members.ts';
import { SimState } from './sim-state.ts';
import { SimStorage } from './sim-storage.ts';
import { simTimingDefault, type SimTiming } from './sim-timing.ts';

export { simToken, type SimToken } from './sim-joining.ts';

export interface SimulatorOptions {
  readonly address?: string;
  /** 0 = any free one. */
  readonly port: number;
  /** Null = everything is forgotten with the process. */
  readonly stateDir: string | null;
  readonly timing?: SimTiming;
  readonly vcpus?: number;
  readonly memory?: number;
  readonly log: HostLog;
}

/** Connections to the region on which hosts join; as many as join at a time. */
const JOINING = 8;
/** About as long as a token lives. */
const JOIN_PATIENCE_MS = 14 * 60_000;
const pathPattern = /^\/sim\/(\d+)(\/.*)$/u;

function freePort(address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, address, () => {
      const found = server.address();
      server.close(() => resolve(typeof found === 'object' && found ? found.port : 0));
    });
  });
}

export class Simulator {
  readonly storage: SimStorage;
  readonly #options: SimulatorOptions;
  readonly #state: SimState;
  readonly #members: SimMembers;
  readonly #joining: SimJoining;
  /** By their place; one that has not joined yet leaves a hole. */
  readonly #hosts: (SimHost | undefined)[] = [];
  readonly #byName = new Map<string, SimHost>();
  readonly #identities = new Map<string, Identity>();
  readonly #stops: (() => void)[] = [];
  readonly #regions = new Map<string, Promise<RegionDoor>>();
  readonly #closing = new AbortController();
  #door: Promise<Door> | null = null;
  #port: number;

  constructor(options: SimulatorOptions) {
    this.#options = options;
    this.#port = options.port;
    this.#state = new SimState(options.stateDir);
    this.storage = new SimStorage(this.#state);
    this.#members = new SimMembers(options.stateDir);
    this.#joining = new SimJoining({
      join: (token) => this.#join(token),
      changed: () => this.#members.tell(() => this.status),
      refused: (host, error) => options.log.warn({ host, error }, 'host could not join'),
    });
  }

  get hosts(): readonly SimHost[] {
    return [...this.#byName.values()];
  }

  get status(): SimStatus {
    const { pending, refused } = this.#joining;
    return { joined: [...this.#byName.keys()], pending: [...pending], refused: { ...refused } };
  }

  get port(): number {
    return this.#port;
  }

  /** A host by name, for faults. */
  host(name: string): SimHost | null {
    return this.#byName.get(name) ?? null;
  }

  /** Base URL at which the region finds the n-th host. */
  base(index: number): string {
    return `https://${this.#options.address ?? '127.0.0.1'}:${this.port}/sim/${index}`;
  }

  /** Takes the hosts of earlier runs up again, then joins the new ones. @returns how many there are. */
  async start(tokens: readonly SimToken[] = []): Promise<number> {
    // Hosts say where they will listen before they have a certificate to listen with.
    if (this.#port === 0) this.#port = await freePort(this.#options.address ?? '127.0.0.1');
    for (const name of this.#members.names) {
      const identity = this.#members.identityRead(name);
      if (identity) await this.#add(identity);
    }
    this.#members.tell(() => this.status);
    return this.join(tokens);
  }

  /**
   * Joins hosts that are not here yet; resolves when each has joined or has been refused, which {@link status} tells.
   * @returns how many there are.
   */
  async join(tokens: readonly SimToken[]): Promise<number> {
    const fresh = tokens.filter(({ hostName }) => !this.#byName.has(hostName));
    this.#members.placesGive(fresh.map(({ hostName }) => hostName));
    await this.#joining.add(fresh);
    return this.#byName.size;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#joining.close();
    this.#members.close();
    for (const stop of this.#stops) stop();
    for (const host of this.#byName.values()) host.close();
    for (const region of this.#regions.values())
      await region.then(
        (door) => door.close(),
        () => undefined,
      );
    await (await this.#door)?.close();
    await this.#state.close();
  }

  /** It serves before anybody else has its turn: the region asks a host that has joined for its facts at once. */
  async #join({ hostName, token, endpoint, caFingerprint }: SimToken): Promise<void> {
    const { log, address = '127.0.0.1' } = this.#options;
    const identity = await enrol({
      region: endpoint,
      token,
      caFingerprint,
      hostName,
      address,
      port: this.port,
      path: `/sim/${this.#members.place(hostName)}`,
      agentVersion: AGENT_VERSION,
      stateDir: this.#members.directory(hostName),
      door: () => this.#region(endpoint, caFingerprint),
      patienceMs: JOIN_PATIENCE_MS,
      signal: this.#closing.signal,
      onRetry: ({ message }, wait) => log.warn({ host: hostName, reason: message, wait }, 'joining is tried again'),
    });
    this.#members.identityWrite(identity);
    this.#closing.signal.throwIfAborted();
    await this.#add(identity);
  }

  /** One way to the region for all hosts: its authority is looked at once. */
  #region(endpoint: string, caFingerprint: string): Promise<RegionDoor> {
    const key = `${endpoint} ${caFingerprint}`;
    const known = this.#regions.get(key);
    if (known) return known;
    const opening = regionDoorOpen(endpoint, caFingerprint, JOINING);
    this.#regions.set(key, opening);
    opening.catch(() => this.#regions.delete(key));
    return opening;
  }

  async #add(identity: Identity): Promise<void> {
    const { log, timing = simTimingDefault, vcpus, memory } = this.#options;
    const { hostId, hostName } = identity.membership;
    const regionKey = regionKeyOf(identity.own.certificate);
    const file = join('hosts', hostName, 'domains.json');
    const kept = this.#state.read(file) as SimHostKept | null;
    const changed = (): void => this.#state.changed(file, () => host.kept());
    const place = this.#members.place(hostName);
    const host: SimHost = simHostMake({
      index: place,
      hostId,
      hostName,
      regionKey,
      storage: this.storage,
      timing,
      boot: kept?.boot ?? { id: newId<string>(), at: new Date().toISOString() },
      domains: kept?.domains ?? [],
      changed,
      ...(vcpus === undefined ? {} : { vcpus }),
      ...(memory === undefined ? {} : { memory }),
    });
    if (!kept) changed();
    this.#hosts[place] = host;
    this.#byName.set(hostName, host);
    this.#certificateUse(identity);
    const stop = renewalStart(identity, {
      stateDir: null,
      log,
      onRenewed: (renewed) => {
        this.#members.identityWrite(renewed);
        this.#certificateUse(renewed);
      },
    });
    this.#stops.push(stop);
    this.#door ??= this.#open(identity);
    await this.#door.catch((error: unknown) => {
      this.#door = null;
      throw error;
    });
  }

  #open(identity: Identity): Promise<Door> {
    return doorOpen({
      own: identity.own,
      ca: identity.ca,
      region: regionIdentityOf(identity.own.certificate),
      address: this.#options.address ?? '127.0.0.1',
      port: this.#port,
      resolve: (path) => {
        const match = pathPattern.exec(path);
        const host = match && this.#hosts[Number(match[1])];
        return host ? { host: host.agent, rest: match[2] ?? '' } : null;
      },
      certificateFor: (name) => this.#identities.get(name)?.own ?? null,
      log: this.#options.log,
    });
  }

  #certificateUse(identity: Identity): void {
    this.#identities.set(serverNameOf(identityOf(identity.own.certificate) ?? ''), identity);
  }
}
