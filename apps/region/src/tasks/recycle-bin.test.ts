import { expect, test } from 'vitest';
import { eq } from 'drizzle-orm';
import type { VmId } from '@basalt/contract';
import { addresses, disks, nics } from '../../test/task-fixture.ts';
import { harness } from '../../test/task-harness.ts';
import { theFour } from '../workflow/test-kit.ts';
import { vmDelete } from './vm-delete.ts';
import { vmDestroy } from './vm-destroy.ts';
import { vmUndelete } from './vm-undelete.ts';

const h = harness([vmDelete, vmUndelete, vmDestroy]);
const same = (actual: unknown, expected: unknown): void => expect(actual).toEqual(expected);

/** Rows that a VM has besides its own. */
async function belongings(id: VmId) {
  const { db } = h.region;
  const own = await db.select().from(nics).where(eq(nics.vmId, id));
  return {
    nics: own.length,
    addresses: (await db.select().from(addresses).where(eq(addresses.vmId, id))).length,
    disks: (await db.select().from(disks).where(eq(disks.vmId, id))).length,
    ports: own.filter((nic) => h.region.network.ports.has(nic.id)).length,
  };
}

theFour(test, same, 'VM-12', vmDelete, () =>
  h.vmScenario(
    'vm.delete',
    ['deleting', 'shutoff', false],
    async (id) => {
      expect(await h.region.vm(id)).toMatchObject({ state: 'deleted', deletedAt: expect.any(Date) });
      expect(h.domainState(id)).toBeNull();
      expect(await belongings(id)).toMatchObject({ nics: 1, addresses: 1, disks: 1 });
    },
    async (id) => {
      expect((await h.region.vm(id)).state).toBe('error');
      expect(await belongings(id)).toMatchObject({ nics: 1, addresses: 1, disks: 1 });
    },
  ),
);
theFour(test, same, 'BIN-01', vmUndelete, () =>
  h.vmScenario(
    'recycleBin.restore',
    ['restoring', null, false],
    async (id) => {
      expect(await h.region.vm(id)).toMatchObject({ state: 'stopped', deletedAt: null });
      expect(await belongings(id)).toEqual({ nics: 1, addresses: 1, disks: 1, ports: 1 });
    },
    async (id) => expect(await h.region.vm(id)).toMatchObject({ state: 'deleted', deletedAt: expect.any(Date) }),
  ),
);
theFour(test, same, 'BIN-01', vmDestroy, () =>
  h.vmScenario(
    'recycleBin.destroy',
    ['deleting', null, false],
    async (id) => {
      const before = h.region.world.images.size;
      expect((await h.region.vm(id)).state).toBe('destroyed');
      expect(await belongings(id)).toEqual({ nics: 0, addresses: 0, disks: 0, ports: 0 });
      expect([...h.region.world.images.keys()].filter((name) => name.includes('disk-'))).toHaveLength(before - 1);
    },
    // what is destroyed stays so; the next attempt goes on from there
    async (id) => expect(['deleted', 'destroyed']).toContain((await h.region.vm(id)).state),
  ),
);
