/** Images in Ceph: uploads are inspected and converted here, capacity and health are asked here. */
import { BasaltError, both } from '@basalt/contract';
import { CephError, imageInspect, type CephClient, type ImageRefusal, type SnapRef } from '@basalt/ceph';
import { BASE_SNAPSHOT, type StorageCall, type StorageDriver } from './storage-driver.ts';

type At = { readonly pool: string; readonly image: string };

const health = { HEALTH_OK: 'healthy', HEALTH_WARN: 'warning', HEALTH_ERR: 'error' } as const;

/** Any failure of Ceph in the closed set, `seconds` after it was asked; its own words stay in the cause. */
function storageFailure(error: unknown, seconds: number): BasaltError {
  if (error instanceof BasaltError) return error;
  if (!(error instanceof CephError)) return new BasaltError('storageFailed', { reason: 'Ceph' }, { cause: error });
  if (error.kind === 'timeout') return new BasaltError('storageTimedOut', { seconds }, { cause: error });
  if (error.kind === 'no-space')
    return new BasaltError('storageFailed', { reason: both('存储空间不足', 'no space left') }, { cause: error });
  return new BasaltError('storageFailed', { reason: error.message.slice(0, 300) }, { cause: error });
}

async function asOurs<T>(work: () => Promise<T>): Promise<T> {
  const began = Date.now();
  try {
    return await work();
  } catch (error) {
    throw storageFailure(error, Math.ceil((Date.now() - began) / 1000));
  }
}

const isKind = (error: unknown, kind: CephError['kind']): boolean => error instanceof CephError && error.kind === kind;

/** Null when there is none. */
async function unlessMissing<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (isKind(error, 'not-found')) return null;
    throw error;
  }
}

const gibText = (bytes: number): string => `${Math.round(bytes / 1024 ** 3)} GiB`;

/** Why the file is not taken, in the operator's words. */
function refusal({ code, params }: ImageRefusal): BasaltError {
  const refused = (zh: string, en: string): BasaltError => new BasaltError('imageRefused', { reason: both(zh, en) });
  switch (code) {
    case 'format-mismatch':
      return new BasaltError('imageNotWhatItSays', { actual: params.detected, claimed: params.claimed });
    case 'format-unsupported':
      return refused(`不支持的格式 ${params.detected}`, `the format ${params.detected} is not supported`);
    case 'empty':
      return refused('文件为空', 'the file is empty');
    case 'backing-file':
      return refused('镜像依赖后备文件，请先合并', 'it has a backing file; flatten it first');
    case 'external-data':
      return refused('镜像的数据在另一个文件中', 'its data lies in another file');
    case 'extent-outside':
      return refused('镜像引用了其他文件', 'it refers to other files');
    case 'encrypted':
      return refused('镜像已加密', 'it is encrypted');
    case 'virtual-size':
      return refused(
        `虚拟容量 ${gibText(params.bytes)} 超过上限 ${gibText(params.limit)}`,
        `its virtual size of ${gibText(params.bytes)} is above ${gibText(params.limit)}`,
      );
    case 'expansion':
      return refused('虚拟容量与文件大小不成比例', 'its virtual size is out of proportion to the file');
    case 'corrupt':
      return refused('镜像已损坏', 'it is corrupt');
    case 'too-costly':
      return refused('检查镜像所需资源超过限制', 'inspecting it takes more than is allowed');
  }
}

export function cephStorageDriver(ceph: CephClient): StorageDriver {
  const { rbd, cluster } = ceph;
  const base = (at: At): SnapRef => ({ ...at, snap: BASE_SNAPSHOT });
  const options = (call?: StorageCall) => (call?.signal ? { signal: call.signal } : {});

  async function imageRemove(at: At, call?: StorageCall): Promise<boolean> {
    const snapshots = await unlessMissing(rbd.snapList(at, options(call)));
    if (snapshots === null) return false;
    if (snapshots.some((snapshot) => snapshot.name === BASE_SNAPSHOT)) {
      const children = await unlessMissing(rbd.imageChildren(base(at), options(call)));
      if (children && children.length > 0)
        throw new BasaltError('inUse', { kind: 'image', users: children.map((child) => child.image).join(', ') });
      const own = snapshots.find((snapshot) => snapshot.name === BASE_SNAPSHOT);
      if (own?.protected) await rbd.snapUnprotect(base(at), options(call));
      await unlessMissing(rbd.snapRemove(base(at), options(call)));
    }
    await unlessMissing(rbd.imageRemove(at, options(call)));
    return true;
  }

  return {
    showsDisks: true,
    poolFacts: (pool, call) =>
      asOurs(async () => {
        const [usage, state, osds] = await Promise.all([
          cluster.usage(options(call)),
          cluster.health(options(call)),
          cluster.osdList(options(call)),
        ]);
        const own = usage.pools.find((candidate) => candidate.name === pool);
        if (!own) throw new CephError('not-found', `pool ${pool} does not exist`);
        return {
          health: health[state.status],
          checks: state.checks.filter((check) => !check.muted).map(({ code, summary }) => ({ code, message: summary })),
          total: own.stored + own.available,
          used: own.stored,
          osds: osds.filter((osd) => osd.deviceClass === null || osd.deviceClass === pool).length || osds.length,
        };
      }),
    imageInspect: ({ path, format }, call) =>
      asOurs(async () => {
        const result = await imageInspect(path, format, options(call));
        if (!result.ok) throw refusal(result.refusal);
        return { virtualSize: result.virtualSize };
      }),
    imageImport: ({ path, format }, at, onProgress, call) =>
      asOurs(async () => {
        const snapshots = await unlessMissing(rbd.snapList(at, options(call)));
        // the snapshot is the last thing that is made: with it the image is whole
        if (snapshots?.some((snapshot) => snapshot.name === BASE_SNAPSHOT)) return;
        if (snapshots !== null) await unlessMissing(rbd.imageRemove(at, options(call)));
        await rbd.importFile(at, path, format, {
          ...options(call),
          onProgress: ({ done, total }) => onProgress(total === null || total === 0 ? 0 : done / total),
        });
        await rbd.snapCreate(base(at), options(call));
      }),
    imageRemove: (at, call) => asOurs(() => imageRemove(at, call)),
    imageNames: (pool, call) => asOurs(() => rbd.imageList(pool, options(call))),
    imageUsed: (at, call) =>
      asOurs(async () => {
        const usage = await rbd.imageUsage(at, options(call));
        return usage.reduce((sum, part) => sum + part.used, 0);
      }),
    diskRemove: (at, call) =>
      asOurs(async () => {
        const watchers = await unlessMissing(rbd.imageWatchers(at, options(call)));
        if (watchers === null) return false;
        if (watchers.length > 0)
          throw new BasaltError('imageHasWatchers', {
            disk: at.image,
            watchers: watchers.map((watcher) => watcher.address).join(', '),
          });
        await unlessMissing(rbd.imageRemove(at, options(call)));
        return true;
      }),
    close: () => ceph.close(),
  };
}
