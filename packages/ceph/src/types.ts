/** The shapes callers see. Sizes are bytes, times are ISO 8601 in UTC. */

export interface CephConfig {
  /** Path of ceph.conf. */
  readonly conf: string;
  /** cephx user without `client.`, e.g. `basalt`. */
  readonly user: string;
  /** Path of its keyring; else as ceph.conf says. */
  readonly keyring?: string;
}

/** Deadline and cancellation every call takes. */
export interface CallOptions {
  /** Milliseconds; each call has a default that suits it. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface ImageRef {
  readonly pool: string;
  readonly image: string;
}

export interface SnapRef extends ImageRef {
  readonly snap: string;
}

export interface ImageInfo {
  readonly id: string;
  readonly name: string;
  /** Provisioned size, bytes. */
  readonly size: number;
  readonly objectSize: number;
  readonly features: readonly string[];
  readonly createdAt: string;
  readonly snapshotCount: number;
  /** What this image was cloned from; gone after flatten. */
  readonly parent: {
    readonly pool: string;
    readonly image: string;
    readonly snap: string;
    readonly trashed: boolean;
  } | null;
}

/** Who has the image open. An RBD lock fences nobody: only the absence of watchers says that it is free. */
export interface Watcher {
  /** `ip:port/nonce`, usable with blocklistAdd. */
  readonly address: string;
  /** `client.NNN`. */
  readonly client: string;
  readonly cookie: string;
}

export interface ImageLock {
  readonly locker: string;
  readonly id: string;
  readonly address: string;
}

export interface SnapInfo {
  readonly id: number;
  readonly name: string;
  readonly size: number;
  readonly protected: boolean;
  readonly createdAt: string | null;
}

export interface ImageUsage {
  readonly name: string;
  readonly snap: string | null;
  readonly provisioned: number;
  readonly used: number;
}

export interface TrashEntry {
  readonly id: string;
  readonly name: string;
  readonly deletedAt: string | null;
  /** Before this time the entry cannot be removed. */
  readonly deferUntil: string | null;
}

export interface HealthCheck {
  readonly code: string;
  readonly severity: string;
  readonly summary: string;
  readonly details: readonly string[];
  readonly muted: boolean;
}

export interface ClusterHealth {
  readonly status: 'HEALTH_OK' | 'HEALTH_WARN' | 'HEALTH_ERR';
  readonly checks: readonly HealthCheck[];
}

export interface ClusterStatus {
  readonly fsid: string;
  readonly health: ClusterHealth;
  readonly monitors: { readonly total: number; readonly inQuorum: readonly string[] };
  readonly osds: { readonly total: number; readonly up: number; readonly in: number };
  readonly bytes: { readonly total: number; readonly used: number; readonly available: number };
  readonly placementGroups: number;
  /** Share of object copies not where they should be, 0–1. */
  readonly degradedRatio: number;
  readonly misplacedRatio: number;
  readonly recoveringBytesPerSecond: number;
  readonly readBytesPerSecond: number;
  readonly writeBytesPerSecond: number;
}

export interface PoolUsage {
  readonly id: number;
  readonly name: string;
  /** Data as clients wrote it, bytes (before replication). */
  readonly stored: number;
  readonly objects: number;
  /** Including replicas, bytes. */
  readonly used: number;
  /** What can still be written by clients, bytes (after replication). */
  readonly available: number;
  /** 0–1. */
  readonly usedRatio: number;
}

export interface ClusterUsage {
  readonly total: number;
  readonly used: number;
  readonly available: number;
  readonly pools: readonly PoolUsage[];
}

export interface OsdInfo {
  readonly id: number;
  readonly host: string | null;
  readonly deviceClass: string | null;
  readonly up: boolean;
  readonly in: boolean;
  readonly crushWeight: number;
  readonly reweight: number;
  readonly size: number;
  readonly used: number;
  readonly available: number;
  readonly placementGroups: number;
}

export interface PoolInfo {
  readonly id: number;
  readonly name: string;
  readonly replicas: number;
  readonly minReplicas: number;
  readonly pgCount: number;
  readonly crushRule: string;
  readonly applications: readonly string[];
  readonly quotaBytes: number;
}

export interface PoolSpec {
  readonly name: string;
  readonly pgCount: number;
  readonly replicas: number;
  /** Only OSDs of this class (`ssd`, `hdd`, `nvme` …); a replicated rule for it is made when missing. */
  readonly deviceClass?: string;
  /** CRUSH bucket type whose loss must be survived (default `host`). */
  readonly failureDomain?: string;
}

export interface BlocklistEntry {
  /** `ip:port/nonce`; port 0 and nonce 0 mean the whole host. */
  readonly address: string;
  readonly until: string;
}

export interface MonitorInfo {
  readonly name: string;
  readonly rank: number;
  readonly addresses: readonly string[];
  readonly inQuorum: boolean;
}

export interface AuthEntity {
  readonly entity: string;
  readonly key: string;
  readonly caps: Readonly<Record<string, string>>;
}

export interface ImportProgress {
  /** Bytes done so far of the source. */
  readonly done: number;
  /** Bytes in all, when known. */
  readonly total: number | null;
}

export type DiskFormat = 'qcow2' | 'raw' | 'vmdk' | 'vhdx' | 'iso';
