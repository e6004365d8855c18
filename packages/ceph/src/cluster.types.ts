import type {
  AuthEntity,
  BlocklistEntry,
  CallOptions,
  ClusterHealth,
  ClusterStatus,
  ClusterUsage,
  MonitorInfo,
  OsdInfo,
  PoolInfo,
  PoolSpec,
} from './types.ts';

/** The cluster behind the images. Every call rejects with CephError. */
export interface Cluster {
  status(options?: CallOptions): Promise<ClusterStatus>;
  /** Health with the details of each check. */
  health(options?: CallOptions): Promise<ClusterHealth>;
  usage(options?: CallOptions): Promise<ClusterUsage>;
  osdList(options?: CallOptions): Promise<OsdInfo[]>;
  monitorList(options?: CallOptions): Promise<MonitorInfo[]>;

  poolList(options?: CallOptions): Promise<PoolInfo[]>;
  /** `not-found` when there is none of that name. */
  poolGet(name: string, options?: CallOptions): Promise<PoolInfo>;
  /** Makes the pool (and its CRUSH rule) exist and ready for RBD. */
  poolEnsure(spec: PoolSpec, options?: CallOptions): Promise<PoolInfo>;

  /** @param entity e.g. `client.basalt`; @param caps e.g. `{ mon: 'profile rbd', osd: 'profile rbd pool=ssd' }`. */
  authEnsure(entity: string, caps: Readonly<Record<string, string>>, options?: CallOptions): Promise<AuthEntity>;

  /** Fences: adds the entry and reads it back; resolves only when it was seen. */
  blocklistAdd(address: string, durationMs: number, options?: CallOptions): Promise<BlocklistEntry>;
  blocklistList(options?: CallOptions): Promise<BlocklistEntry[]>;
  /** Removing what is not there is no error. */
  blocklistRemove(address: string, options?: CallOptions): Promise<void>;
}
