'use client';
import type { ComputeCluster, Flavor, Image, Network, StorageCluster } from '@basalt/contract';
import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '@/api/client.ts';
import { useRegion } from '@/session/session.tsx';

export interface CreateOptions {
  images: readonly Image[];
  clusters: readonly ComputeCluster[];
  storages: readonly StorageCluster[];
  flavors: readonly Flavor[];
  networks: readonly Network[];
}

/** What can be chosen; undefined while it is read. */
export function useOptions() {
  const trpc = useTRPC();
  const region = useRegion();
  const images = useQuery(trpc.image.list.queryOptions({ region, limit: 200, filter: { state: ['available'] } }));
  const clusters = useQuery(trpc.computeCluster.list.queryOptions({ region }));
  const storages = useQuery(trpc.storageCluster.list.queryOptions({ region }));
  const flavors = useQuery(trpc.flavor.list.queryOptions({ region }));
  const networks = useQuery(trpc.network.list.queryOptions({ region, limit: 200 }));
  const all = [images, clusters, storages, flavors, networks];
  const failed = all.find((query) => query.isError);
  const options: CreateOptions | undefined =
    images.data && clusters.data && storages.data && flavors.data && networks.data
      ? {
          images: images.data.items.filter((image) => image.kind !== 'iso'),
          clusters: clusters.data.items,
          storages: storages.data.items,
          flavors: flavors.data.items,
          networks: networks.data.items.filter((network) => network.state === 'available'),
        }
      : undefined;
  return { options, error: failed?.error ?? null, retry: () => all.forEach((query) => void query.refetch()) };
}
