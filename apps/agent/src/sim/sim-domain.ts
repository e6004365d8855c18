/** A domain of a simulated host, kept small: a region of the largest size has a hundred thousand of them in one process. */
import type { DomainState } from '@basalt/contract/agent/index';
import type { DomainModel } from '@basalt/libvirt';

export interface SimDomain {
  model: DomainModel;
  state: DomainState;
  reason: string;
  startedAt: string | null;
}

/** Parts that nearly all domains have alike; there is one object of each kind of content. */
const parts = new Map<string, unknown>();
/** More kinds than this are not alike. */
const PARTS_MOST = 1_000;

function shared<T>(value: T): T {
  const key = JSON.stringify(value);
  const known = parts.get(key);
  // the same content as this one, so the same type
  if (known !== undefined) return known as T;
  if (parts.size < PARTS_MOST) parts.set(key, value);
  return value;
}

/** The same definition in less than half of the memory. Definitions are never changed, only replaced. */
export function modelLean(given: DomainModel): DomainModel {
  // strings that were put together keep their pieces alive until they are copied
  const model = JSON.parse(JSON.stringify(given)) as DomainModel;
  return {
    ...model,
    cpu: shared(model.cpu),
    features: shared(model.features),
    vcpus: shared(model.vcpus),
    disks: model.disks.map((disk) => ({
      ...disk,
      source:
        disk.source.type === 'rbd'
          ? { ...disk.source, monitors: shared(disk.source.monitors), auth: shared(disk.source.auth) }
          : disk.source,
    })),
  };
}
