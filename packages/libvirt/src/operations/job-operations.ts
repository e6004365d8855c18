/** Long work on a domain: migration, saved states, copies of disks; how it goes and how to stop it. */
import { type DomainRef, domainOf, flagBits } from '../domain-ref.ts';
import * as e from '../gen/enums.ts';
import { remote } from '../gen/remote.ts';
import { type ParamRecord, paramInt, paramString, paramUlong, paramsToObject } from '../params.ts';
import type { CallOptions, Caller } from '../rpc-types.ts';

export interface MigrateFlags {
  live?: boolean;
  persistDest?: boolean;
  undefineSource?: boolean;
  autoConverge?: boolean;
  postcopy?: boolean;
  tls?: boolean;
  parallel?: boolean;
  abortOnError?: boolean;
  /** Skips the check that the disks are shared. */
  unsafe?: boolean;
  /** Refuses other changes of the domain meanwhile. */
  changeProtection?: boolean;
}

const MIGRATE = {
  live: e.virDomainMigrateFlags.VIR_MIGRATE_LIVE,
  persistDest: e.virDomainMigrateFlags.VIR_MIGRATE_PERSIST_DEST,
  undefineSource: e.virDomainMigrateFlags.VIR_MIGRATE_UNDEFINE_SOURCE,
  autoConverge: e.virDomainMigrateFlags.VIR_MIGRATE_AUTO_CONVERGE,
  postcopy: e.virDomainMigrateFlags.VIR_MIGRATE_POSTCOPY,
  tls: e.virDomainMigrateFlags.VIR_MIGRATE_TLS,
  parallel: e.virDomainMigrateFlags.VIR_MIGRATE_PARALLEL,
  abortOnError: e.virDomainMigrateFlags.VIR_MIGRATE_ABORT_ON_ERROR,
  unsafe: e.virDomainMigrateFlags.VIR_MIGRATE_UNSAFE,
  changeProtection: e.virDomainMigrateFlags.VIR_MIGRATE_CHANGE_PROTECTION,
};

export interface MigrateOptions extends MigrateFlags {
  /** Where the source's libvirt finds the target's: `qemu+tls://host/system`. */
  destination: string;
  /** Where the memory goes: `tcp://address`. */
  migrateUri?: string;
  /** MiB per second. */
  bandwidth?: number;
  /** The domain's description on the target, when it differs there. */
  destinationXml?: string;
  persistentXml?: string;
  parallelConnections?: number;
}

const migrateParams = (options: MigrateOptions) => [
  ...(options.migrateUri ? [paramString(e.VIR_MIGRATE_PARAM_URI, options.migrateUri)] : []),
  ...(options.bandwidth ? [paramUlong(e.VIR_MIGRATE_PARAM_BANDWIDTH, options.bandwidth)] : []),
  ...(options.destinationXml ? [paramString(e.VIR_MIGRATE_PARAM_DEST_XML, options.destinationXml)] : []),
  ...(options.persistentXml ? [paramString(e.VIR_MIGRATE_PARAM_PERSIST_XML, options.persistentXml)] : []),
  ...(options.parallelConnections
    ? [paramInt(e.VIR_MIGRATE_PARAM_PARALLEL_CONNECTIONS, options.parallelConnections)]
    : []),
];

const JOB_TYPES = ['none', 'bounded', 'unbounded', 'completed', 'failed', 'cancelled'] as const;

export interface JobStats {
  type: (typeof JOB_TYPES)[number];
  /** libvirt's keys: `memory_remaining`, `downtime`, `data_total`, `time_elapsed` and so on. */
  stats: ParamRecord;
}

export interface BlockJob {
  type: number;
  /** Bytes; `end` may grow while the guest writes. */
  current: number;
  end: number;
  bandwidth: number;
}

const HOUR_MS = 3_600_000;
const long = (options?: CallOptions): CallOptions => ({ timeoutMs: HOUR_MS, lane: 'jobs', ...options });

export const jobOperations = (caller: Caller) => ({
  /**
   * Migrates to another host; source libvirt drives, over its own connection to the target. Returns when the guest
   * runs there. Throws `VIR_ERR_OPERATION_ABORTED` after `domainAbortJob`. A deadline that passes stops nothing.
   */
  domainMigrate: async (dom: DomainRef, options: MigrateOptions, call?: CallOptions): Promise<void> => {
    const flags = (flagBits<MigrateFlags>(options, MIGRATE) | e.virDomainMigrateFlags.VIR_MIGRATE_PEER2PEER) >>> 0;
    await caller.call(
      remote.domainMigratePerform3Params,
      {
        dom: domainOf(dom),
        dconnuri: options.destination,
        params: migrateParams(options),
        cookie_in: Buffer.alloc(0),
        flags,
      },
      long(call),
    );
  },

  domainMigrateStartPostCopy: (dom: DomainRef, options?: CallOptions): Promise<void> =>
    caller.call(remote.domainMigrateStartPostCopy, { dom: domainOf(dom), flags: 0 }, options),

  /** MiB per second. */
  domainMigrateSetMaxSpeed: (dom: DomainRef, bandwidth: number, options?: CallOptions): Promise<void> =>
    caller.call(
      remote.domainMigrateSetMaxSpeed,
      { dom: domainOf(dom), bandwidth: BigInt(bandwidth), flags: 0 },
      options,
    ),

  domainMigrateSetMaxDowntime: (dom: DomainRef, downtimeMs: number, options?: CallOptions): Promise<void> =>
    caller.call(
      remote.domainMigrateSetMaxDowntime,
      { dom: domainOf(dom), downtime: BigInt(downtimeMs), flags: 0 },
      options,
    ),

  /** The present job, or the last one with `completed`; after a migration that undefined the source, ask the target. */
  domainJobStats: async (
    dom: DomainRef,
    flags: { completed?: boolean; keep?: boolean } = {},
    options?: CallOptions,
  ): Promise<JobStats> => {
    const bits = flagBits(flags, {
      completed: e.virDomainGetJobStatsFlags.VIR_DOMAIN_JOB_STATS_COMPLETED,
      keep: e.virDomainGetJobStatsFlags.VIR_DOMAIN_JOB_STATS_KEEP_COMPLETED,
    });
    const reply = await caller.call(remote.domainGetJobStats, { dom: domainOf(dom), flags: bits }, options);
    return { type: JOB_TYPES[reply.type] ?? 'none', stats: paramsToObject(reply.params) };
  },

  domainAbortJob: (dom: DomainRef, options?: CallOptions): Promise<void> =>
    caller.call(remote.domainAbortJob, { dom: domainOf(dom) }, options),

  /** Saves memory to a file of libvirt and stops; the next start goes on from there. */
  domainManagedSave: (dom: DomainRef, flags: { paused?: boolean } = {}, options?: CallOptions): Promise<void> => {
    const bits = flags.paused ? e.virDomainSaveRestoreFlags.VIR_DOMAIN_SAVE_PAUSED : 0;
    return caller.call(remote.domainManagedSave, { dom: domainOf(dom), flags: bits }, long(options));
  },

  domainManagedSaveRemove: (dom: DomainRef, options?: CallOptions): Promise<void> =>
    caller.call(remote.domainManagedSaveRemove, { dom: domainOf(dom), flags: 0 }, options),

  domainHasManagedSave: async (dom: DomainRef, options?: CallOptions): Promise<boolean> =>
    (await caller.call(remote.domainHasManagedSaveImage, { dom: domainOf(dom), flags: 0 }, options)).result !== 0,

  /**
   * Copies a disk to `destinationXml` (a `<disk>`) while the guest writes. Returns once it goes on; it is ready at the
   * event `block-job` with status `ready`, then `domainBlockJobAbort` with `pivot` moves the guest over.
   */
  domainBlockCopy: (
    dom: DomainRef,
    disk: string,
    destinationXml: string,
    flags: { reuseExternal?: boolean; transientJob?: boolean; shallow?: boolean; bandwidth?: number } = {},
    options?: CallOptions,
  ): Promise<void> => {
    const { bandwidth, ...switches } = flags;
    const bits = flagBits(switches, {
      reuseExternal: e.virDomainBlockCopyFlags.VIR_DOMAIN_BLOCK_COPY_REUSE_EXT,
      transientJob: e.virDomainBlockCopyFlags.VIR_DOMAIN_BLOCK_COPY_TRANSIENT_JOB,
      shallow: e.virDomainBlockCopyFlags.VIR_DOMAIN_BLOCK_COPY_SHALLOW,
    });
    const params = bandwidth ? [paramUlong('bandwidth', bandwidth)] : [];
    const args = { dom: domainOf(dom), path: disk, destxml: destinationXml, params, flags: bits };
    return caller.call(remote.domainBlockCopy, args, { ...options, lane: 'jobs' });
  },

  domainBlockJobAbort: (
    dom: DomainRef,
    disk: string,
    flags: { pivot?: boolean; async?: boolean } = {},
    options?: CallOptions,
  ): Promise<void> => {
    const bits = flagBits(flags, {
      pivot: e.virDomainBlockJobAbortFlags.VIR_DOMAIN_BLOCK_JOB_ABORT_PIVOT,
      async: e.virDomainBlockJobAbortFlags.VIR_DOMAIN_BLOCK_JOB_ABORT_ASYNC,
    });
    return caller.call(remote.domainBlockJobAbort, { dom: domainOf(dom), path: disk, flags: bits }, options);
  },

  /** Null when no job works on the disk. */
  domainBlockJobInfo: async (dom: DomainRef, disk: string, options?: CallOptions): Promise<BlockJob | null> => {
    const info = await caller.call(remote.domainGetBlockJobInfo, { dom: domainOf(dom), path: disk, flags: 0 }, options);
    if (info.found === 0) return null;
    return { type: info.type, current: Number(info.cur), end: Number(info.end), bandwidth: Number(info.bandwidth) };
  },
});
