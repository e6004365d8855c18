/** Makes an RBD image exist with at least its size; a clone of its parent where it has one. */
import { CephError, type ImageInfo } from '@basalt/ceph';
import type { DiskSpec } from '@basalt/contract/agent/index';
import { refused, storageError } from '../errors.ts';
import type { AgentHost, CallLimit, Storage } from '../host.types.ts';
import { storageOf } from './storage-of.ts';

async function infoOrNull(storage: Storage, spec: DiskSpec, { signal }: CallLimit): Promise<ImageInfo | null> {
  try {
    return await storage.imageInfo(spec.at, { signal });
  } catch (error) {
    if (error instanceof CephError && error.kind === 'not-found') return null;
    throw error;
  }
}

function parentDiffers(info: ImageInfo, spec: DiskSpec): boolean {
  // An image without parent may have been flattened since; one with another parent is not what is meant.
  if (!info.parent) return false;
  const { parent } = spec;
  return !parent || info.parent.pool !== parent.pool || info.parent.image !== parent.image;
}

/**
 * @throws BasaltError agentRefused for a shrink or another parent, storageFailed, storageTimedOut.
 */
export async function diskEnsure(
  host: AgentHost,
  spec: DiskSpec,
  limit: CallLimit,
): Promise<{ changed: boolean; size: number }> {
  const storage = storageOf(host);
  const { signal } = limit;
  try {
    let info = await infoOrNull(storage, spec, limit);
    let changed = false;
    if (!info) {
      if (spec.parent) {
        const { pool, image, snapshot } = spec.parent;
        await storage.imageClone({ pool, image, snap: snapshot }, spec.at, { signal });
      } else {
        await storage.imageCreate(spec.at, spec.size, { signal });
      }
      changed = true;
      info = await storage.imageInfo(spec.at, { signal });
    } else if (parentDiffers(info, spec)) {
      throw refused(host.hostName, `the image ${spec.at.pool}/${spec.at.image} exists with another parent`);
    }
    if (info.size > spec.size)
      throw refused(
        host.hostName,
        `the image ${spec.at.pool}/${spec.at.image} has ${info.size} bytes and is not shrunk to ${spec.size}`,
      );
    if (info.size < spec.size) {
      await storage.imageGrow(spec.at, spec.size, { signal });
      changed = true;
    }
    return { changed, size: spec.size };
  } catch (error) {
    throw storageError(error, 30);
  }
}
