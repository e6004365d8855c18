import { CephError, type ImageRef } from '@basalt/ceph';
import { storageError } from '../errors.ts';
import type { AgentHost, CallLimit } from '../host.types.ts';
import { storageOf } from './storage-of.ts';

/** Addresses of the clients that have the image open; empty when there is no such image. */
export async function diskWatchers(
  host: AgentHost,
  at: ImageRef,
  { signal }: CallLimit,
): Promise<{ watchers: string[] }> {
  try {
    const watchers = await storageOf(host).imageWatchers(at, { signal });
    return { watchers: watchers.map(({ address }) => address) };
  } catch (error) {
    if (error instanceof CephError && error.kind === 'not-found') return { watchers: [] };
    throw storageError(error, 10);
  }
}
