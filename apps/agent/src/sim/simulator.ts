/**
 * Thousands of hosts in one process: one HTTPS server, the host chosen by the path (`/sim/<index>`), its certificate by
 * the TLS server name. Hosts join with real tokens over the region's real door.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';
import { newId } from '@basalt/service/ids';
import { serverNameOf } from '@basalt/service/tls';
import { identityOf } from '@basalt/service/pki';
import { enrol } from '../door/enrol.ts';
import { identityRead, identityWrite, regionIdentityOf, regionKeyOf, type Identity } from '../door/identity-store.ts';
import { renewalStart } from '../door/renewal.ts';
import { doorOpen, type Door } from '../door/server.ts';
import type { HostLog } from '../host.types.ts';
import { AGENT_VERSION } from '../version.ts';
import { simHostMake, type SimHost, type SimHostKept } from './sim-host.ts';
import { SimState } from './sim-state.ts';
import { SimStorage } from './sim-storage.ts';
import { simTimingDefault, type SimTiming } from './sim-timing.ts';

/** One host that is to join: a name and what `host.createEnrolToken` gave for it. */
export const simToken = z.object({
  hostName: z.string(),
  token: z.string(),
  endpoint: z.string(),
  caFingerprint: z.string(),
});
export type SimToken = z.infer<typeof simToken>;

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

const AT_ONCE = 8;
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
  readonly #hosts: SimHost[] = [];
  readonly #byName = new Map<string, SimHost>();
  readonly #identities = new Map<string, Identity>();
  readonly #stops: (() => void)[] = [];
  #door: Door | null = null;
  #port: number;

  constructor(options: SimulatorOptions) {
    this.#options = options;
    this.#port = options.port;
    this.#state = new SimState(options.stateDir);
    this.storage = new SimStorage(this.#state);
  }

  get hosts(): readonly SimHost[] {
    return this.#hosts;
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
  async start(tokens: readonly SimToken[]): Promise<number> {
    // Hosts say where they will listen before they have a certificate to listen with.
    if (this.#port === 0) this.#port = await freePort(this.#options.address ?? '127.0.0.1');
    const names = this.#namesKept();
    for (const name of names) {
      const identity = this.#identityRead(name);
      if (identity) await this.#add(identity);
    }
    const fresh = tokens.filter(({ hostName }) => !this.#byName.has(hostName));
    // Each lot serves before the next one joins: the region asks a host that has joined for its facts at once.
    for (let at = 0; at < fresh.length; at += AT_ONCE) {
      const first = this.#hosts.length;
      const joined = await Promise.all(fresh.slice(at, at + AT_ONCE).map((token, n) => this.#enrol(token, first + n)));
      for (const identity of joined) {
        this.#identityWrite(identity);
        await this.#add(identity);
      }
      this.#namesWrite();
    }
    return this.#hosts.length;
  }

  async close(): Promise<void> {
    for (const stop of this.#stops) stop();
    for (const host of this.#hosts) host.close();
    await this.#door?.close();
    await this.#state.close();
  }

  #enrol({ hostName, token, endpoint, caFingerprint }: SimToken, index: number): Promise<Identity> {
    return enrol({
      region: endpoint,
      token,
      caFingerprint,
      hostName,
      address: this.#options.address ?? '127.0.0.1',
      port: this.port,
      path: `/sim/${index}`,
      agentVersion: AGENT_VERSION,
    });
  }

  async #add(identity: Identity): Promise<void> {
    const { log, timing = simTimingDefault, vcpus, memory } = this.#options;
    const { hostId, hostName } = identity.membership;
    const regionKey = regionKeyOf(identity.own.certificate);
    const file = join('hosts', hostName, 'domains.json');
    const kept = this.#state.read(file) as SimHostKept | null;
    const changed = (): void => this.#state.changed(file, () => host.kept());
    const host: SimHost = simHostMake({
      index: this.#hosts.length,
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
    this.#hosts.push(host);
    this.#byName.set(hostName, host);
    this.#certificateUse(identity);
    const stop = renewalStart(identity, {
      stateDir: null,
      log,
      onRenewed: (renewed) => {
        this.#identityWrite(renewed);
        this.#certificateUse(renewed);
      },
    });
    this.#stops.push(stop);
    this.#door ??= await this.#open(identity);
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

  #directory(name: string): string | null {
    const { stateDir } = this.#options;
    return stateDir === null ? null : join(stateDir, 'hosts', name);
  }

  #identityRead(name: string): Identity | null {
    const directory = this.#directory(name);
    return directory === null ? null : identityRead(directory);
  }

  #identityWrite(identity: Identity): void {
    const directory = this.#directory(identity.membership.hostName);
    if (directory !== null) identityWrite(directory, identity);
  }

  /** In the order of their indices, which stand in the region's addresses. */
  #namesKept(): string[] {
    const { stateDir } = this.#options;
    const file = stateDir === null ? null : join(stateDir, 'hosts.json');
    return file !== null && existsSync(file) ? z.array(z.string()).parse(JSON.parse(readFileSync(file, 'utf8'))) : [];
  }

  #namesWrite(): void {
    const { stateDir } = this.#options;
    if (stateDir !== null) writeFileSync(join(stateDir, 'hosts.json'), JSON.stringify([...this.#byName.keys()]));
  }
}
