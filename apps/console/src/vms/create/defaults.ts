/** Choices made beforehand, so that a newcomer only types a name. Nothing that was chosen is changed. */
import type { CreateForm } from './create-form.ts';
import { GIB } from './create-form.ts';
import type { CreateOptions } from './use-options.ts';

export function withDefaults(form: CreateForm, options: CreateOptions): CreateForm {
  const has = (list: readonly { id: string }[], id: string) => list.some((item) => item.id === id);
  const imageId = has(options.images, form.imageId) ? form.imageId : (options.images[0]?.id ?? '');
  const flavor = options.flavors.find((item) => item.isDefault) ?? options.flavors[0];
  const flavorId =
    form.flavorId === 'custom' || has(options.flavors, form.flavorId) ? form.flavorId : (flavor?.id ?? 'custom');
  const clusterId = has(options.clusters, form.clusterId) ? form.clusterId : (options.clusters[0]?.id ?? '');
  const network = options.networks.find((item) => item.subnet !== null) ?? options.networks[0];
  const nics = form.nics.map((nic) =>
    has(options.networks, nic.networkId) ? nic : { ...nic, networkId: network?.id ?? '' },
  );
  const storageOf = (id: string) => (has(options.storages, id) ? id : '');
  return {
    ...form,
    imageId,
    flavorId,
    clusterId,
    nics,
    systemSize: roomFor(form.systemSize, options, imageId),
    systemStorage: storageOf(form.systemStorage),
    dataDisks: form.dataDisks.map((disk) => ({ ...disk, storageClusterId: storageOf(disk.storageClusterId) })),
  };
}

/** A system disk at least as large as its image. */
export function roomFor(size: number | null, options: CreateOptions, imageId: string): number | null {
  const least = Math.ceil((options.images.find((image) => image.id === imageId)?.virtualSize ?? 0) / GIB);
  return size !== null && size < least ? least : size;
}
