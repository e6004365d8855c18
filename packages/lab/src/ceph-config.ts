/** Ceph's files as text: configuration and keyrings. Pure, but for the random keys. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type Instance, instanceAddress, instanceSubnet } from './instance.ts';

export const poolNames = ['ssd', 'hdd'] as const;
export type PoolName = (typeof poolNames)[number];

export interface CephFiles {
  dir: string;
  /** For clients in the root namespace and inside hosts alike: no paths but the keyring's. */
  conf: string;
  /** For the lab's own daemons. */
  daemonConf: string;
  adminKeyring: string;
  /** The region's user, client.basalt. */
  basaltKeyring: string;
}

export function cephFiles(instance: Instance): CephFiles {
  const dir = join(instance.labDir, 'ceph');
  return {
    dir,
    conf: join(dir, 'ceph.conf'),
    daemonConf: join(dir, 'daemons.conf'),
    adminKeyring: join(dir, 'ceph.client.admin.keyring'),
    basaltKeyring: join(dir, 'ceph.client.basalt.keyring'),
  };
}

/** Hosts with a monitor: the first three, or the first when there are fewer, as an even number gains nothing. */
export function cephMonHosts(hosts: number): number[] {
  return hosts >= 3 ? [1, 2, 3] : [1];
}

/** `[v2:10.S.1.11:3300,v1:10.S.1.11:6789]` */
export function cephMonAddress(instance: Instance, host: number): string {
  const address = instanceAddress(instance, 'storage', host);
  return `[v2:${address}:3300,v1:${address}:6789]`;
}

/** Each host has one OSD per pool; the class is a label here, as both lie on the same disk. */
export function cephOsds(hosts: number): { id: number; host: number; pool: PoolName }[] {
  return Array.from({ length: hosts }, (_, index) =>
    poolNames.map((pool, offset) => ({ id: index * poolNames.length + offset, host: index + 1, pool })),
  ).flat();
}

/** A new CephX key: type 1 (AES), creation time, 16 random bytes, as `ceph-authtool --gen-print-key` makes it. */
export function cephKeyCreate(): string {
  const key = Buffer.alloc(28);
  key.writeUInt16LE(1, 0);
  key.writeUInt32LE(Math.floor(Date.now() / 1000), 2);
  key.writeUInt16LE(16, 10);
  randomBytes(16).copy(key, 12);
  return key.toString('base64');
}

export function cephKeyring(entries: { name: string; key: string; caps?: Record<string, string> }[]): string {
  return entries
    .map(({ name, key, caps }) => {
      const lines = Object.entries(caps ?? {}).map(([service, cap]) => `\tcaps ${service} = "${cap}"\n`);
      return `[${name}]\n\tkey = ${key}\n${lines.join('')}`;
    })
    .join('');
}

/** What clients need to know. */
export function cephClientConf(instance: Instance, fsid: string, hosts: number): string {
  return `# Written by the lab at every start.
[global]
fsid = ${fsid}
mon_host = ${cephMonHosts(hosts)
    .map((host) => cephMonAddress(instance, host))
    .join(' ')}
auth_cluster_required = cephx
auth_service_required = cephx
auth_client_required = cephx

[client]
keyring = ${join(instance.labDir, 'ceph')}/ceph.$name.keyring
rbd_default_clone_format = 2
`;
}

/** The daemons' configuration; `$host` is the UTS name of the host a daemon runs in. */
export function cephDaemonConf(instance: Instance, fsid: string, hosts: number): string {
  const replicas = Math.min(3, hosts);
  return `${cephClientConf(instance, fsid, hosts).replace(
    '[client]',
    `public_network = ${instanceSubnet(instance, 'storage')}
cluster_network = ${instanceSubnet(instance, 'storage')}
mon_initial_members = ${cephMonHosts(hosts)
      .map((host) => `host${host}`)
      .join(', ')}
run_dir = /run/ceph
admin_socket = /run/ceph/$name.asok
pid_file =
log_file =
log_to_file = false
log_to_stderr = true
err_to_stderr = true
mon_cluster_log_to_file = false
mon_cluster_log_to_stderr = false
log_max_recent = 500
debug_ms = 0/0
debug_osd = 0/0
debug_bluestore = 0/0
debug_bluefs = 0/0
debug_bdev = 0/0
debug_rocksdb = 0/0
debug_mon = 0/0
debug_paxos = 0/0
debug_mgr = 0/0
debug_mgrc = 0/0
debug_monc = 0/0
ms_async_op_threads = 2
auth_allow_insecure_global_id_reclaim = false
osd_pool_default_size = ${replicas}
osd_pool_default_min_size = ${Math.max(1, replicas - 1)}
osd_pool_default_pg_autoscale_mode = off
mon_osd_nearfull_ratio = 0.75
mon_osd_backfillfull_ratio = 0.80
mon_osd_full_ratio = 0.85

[mon]
mon_data = ${instance.labDir}/hosts/$host/mon
keyring = $mon_data/keyring
mon_allow_pool_delete = true
mon_data_avail_warn = 5
mon_warn_on_pool_no_redundancy = ${replicas > 1}
mon_data_avail_crit = 1
# One machine's clock serves them all; what looks like skew here is waiting for the processor.
mon_clock_drift_allowed = 2

[mgr]
mgr_data = ${instance.labDir}/ceph/mgr
keyring = $mgr_data/keyring
admin_socket = ${instance.runtimeDir}/ceph/$name.asok
mgr_initial_modules =

[osd]
osd_data = ${instance.labDir}/hosts/$host/osd.$id
keyring = $osd_data/keyring
osd_objectstore = bluestore
# Sparse files. Smaller ones fill up before the statistics tell.
bluestore_block_size = 17179869184
bluestore_block_db_size = 0
bluestore_block_wal_size = 0
osd_class_update_on_start = false
osd_crush_update_on_start = false
# Small caches and write buffers: six of these share one machine with guests.
osd_memory_target = 939524096
bluestore_cache_autotune = false
bluestore_cache_size = 33554432
bluestore_rocksdb_options = compression=kNoCompression,max_write_buffer_number=4,min_write_buffer_number_to_merge=1,recycle_log_file_num=4,write_buffer_size=16777216,writable_file_max_buffer_size=0,compaction_readahead_size=2097152,max_background_compactions=2
osd_op_num_shards = 2
osd_op_num_threads_per_shard = 1
osd_max_backfills = 4
osd_recovery_sleep = 0

[client]`,
  )}`;
}
