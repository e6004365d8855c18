/**
 * What an agent is made of. The operations are written against these interfaces only; the real drivers and the
 * simulator's stand behind them, so that both give the same answers.
 */
import type { ChassisSpec, DomainState, HostFacts, StorageAccessSpec } from '@basalt/contract/agent/index';
import type { GuestFacts, HostInventory } from '@basalt/contract';
import type { Rbd } from '@basalt/ceph';
import type { DomainModel } from '@basalt/libvirt';
import type { DomainAct } from './domain-machine.ts';
import type { EventLog } from './event-log.ts';
import type { Journal } from './journal.ts';
import type { KeyedQueue } from './queue.ts';

/** Given to every driver call: settle by then. */
export interface CallLimit {
  readonly signal: AbortSignal;
}

/** A domain as the hypervisor shows it. */
export interface DomainSeen {
  readonly uuid: string;
  readonly name: string;
  readonly state: DomainState;
  readonly reason: string;
  /** Our mark in the definition; null = not ours, never touched. */
  readonly mark: { readonly vmId: string; readonly epoch: number } | null;
  readonly startedAt: string | null;
}

/** What the hypervisor tells by itself. */
export type HypervisorEvent =
  /** `cause`: libvirt's name of the event (`started`, `stopped` …), or `resync` for what changed while nobody listened. */
  | { readonly type: 'domain'; readonly seen: DomainSeen; readonly cause: string }
  | { readonly type: 'libvirt'; readonly connected: boolean }
  /** The guest agent of a domain came or went: worth asking. */
  | { readonly type: 'guest'; readonly uuid: string };

export type ConsoleKind = 'vnc' | 'serial';

export interface Hypervisor {
  readonly connected: boolean;
  domainList(limit: CallLimit): Promise<DomainSeen[]>;
  /** Null when there is no such domain. */
  domainGet(uuid: string, limit: CallLimit): Promise<DomainSeen | null>;
  /** Defines or redefines. True when that changed the definition. */
  define(model: DomainModel, limit: CallLimit): Promise<boolean>;
  /** What the next start will use; null when the domain is not defined. */
  definition(uuid: string, limit: CallLimit): Promise<DomainModel | null>;
  act(uuid: string, act: Exclude<DomainAct, 'define'>, limit: CallLimit): Promise<void>;
  /** RBD images of the running domains, as `pool/image`, with the domain's UUID. */
  imagesOpen(limit: CallLimit): Promise<ReadonlyMap<string, string>>;
  guestFacts(uuid: string, limit: CallLimit): Promise<GuestFacts>;
  /** PNG; null when the domain has no screen now. */
  screenshot(uuid: string, limit: CallLimit): Promise<Buffer | null>;
  /** Makes the key of the storage known to the hypervisor. True when it was not. */
  secretEnsure(secretId: string, user: string, key: string, limit: CallLimit): Promise<boolean>;
  /** The hypervisor forgets the key. True when it knew it. */
  secretRemove(secretId: string, limit: CallLimit): Promise<boolean>;
  onEvent(listener: (event: HypervisorEvent) => void): () => void;
  /** `kvm` only where guests really run with it. */
  readonly virtualisation: 'kvm' | 'tcg';
}

/** RBD images: what the agent needs of packages/ceph. */
export type Storage = Pick<
  Rbd,
  'imageInfo' | 'imageCreate' | 'imageClone' | 'imageGrow' | 'imageRemove' | 'imageWatchers'
>;

export interface StorageAccess {
  /** Configuration and keyring on the host. True when that changed a file. */
  ensure(spec: StorageAccessSpec, limit: CallLimit): Promise<boolean>;
  /** Secret of the hypervisor that belongs to it; null before the first `ensure`. */
  secretId(): string | null;
  /** Configuration and keyring gone. True when there were any. */
  remove(): Promise<boolean>;
  /** Null before the first `ensure`: the host cannot reach the storage. */
  storage(): Storage | null;
}

export interface Chassis {
  /** True when a setting changed. */
  ensure(spec: ChassisSpec, limit: CallLimit): Promise<boolean>;
  /** No chassis any more: settings and the integration bridge gone. True when there were any. */
  remove(limit: CallLimit): Promise<boolean>;
}

export interface CloudInitSeed {
  readonly instanceId: string;
  readonly hostName: string;
  readonly userData: string;
  readonly networkConfig: string;
}

/** Files of a domain on the host. */
export interface DomainFiles {
  /** Writes the NoCloud seed; null removes it. Gives the ISO's path and whether its content changed. */
  seedEnsure(
    vmId: string,
    seed: CloudInitSeed | null,
    limit: CallLimit,
  ): Promise<{ readonly path: string | null; readonly changed: boolean }>;
  /** Seed, sockets and logs gone. True when there was any. */
  remove(vmId: string): Promise<boolean>;
  consoleSocket(vmId: string, kind: ConsoleKind): string;
  serialLog(vmId: string): string;
  nvram(vmId: string): string;
}

/** Settings of this host that shape its domains. */
export interface DomainSettings {
  readonly integrationBridge: string;
  /** A userspace datapath does not fill in checksums that a guest left to hardware. */
  readonly offloads: 'default' | 'off';
}

export interface Inspection {
  readonly inventory: HostInventory;
  readonly checks: HostFacts['checks'];
  readonly capacity: HostFacts['capacity'];
  readonly use: HostFacts['use'];
  readonly providerNetworks: readonly string[];
  /** Addresses of this host, to tell its own watchers from others'. */
  readonly addresses: readonly string[];
}

export interface HostLog {
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
}

/** A way to disturb operations, for the simulator. */
export interface Intercept {
  /** Throws, delays or never settles before the signal aborts. */
  before(operation: string, signal: AbortSignal): Promise<void>;
  /** After it was done and recorded: an answer that gets lost. */
  after(operation: string, signal: AbortSignal): Promise<void>;
}

export interface AgentHost {
  readonly hostId: string | null;
  readonly hostName: string;
  readonly boot: { readonly id: string; readonly at: string };
  readonly hypervisor: Hypervisor;
  readonly access: StorageAccess;
  readonly chassis: Chassis;
  readonly files: DomainFiles;
  readonly settings: DomainSettings;
  readonly journal: Journal;
  readonly queue: KeyedQueue;
  readonly events: EventLog;
  readonly log: HostLog;
  /** Operations under way, by id; belongs to ensureOnce. */
  readonly running: Map<string, { readonly input: string; readonly answer: Promise<unknown> }>;
  inspect(limit: CallLimit): Promise<Inspection>;
  /** Prometheus text. */
  metrics(limit: CallLimit): Promise<string>;
  readonly intercept?: Intercept;
}
