import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BasaltError, type ImageId, type NetworkId } from '@basalt/contract';
import { newId } from '@basalt/service';
import { vmCreate } from '../src/domain/vm/create.ts';
import { vmPreview } from '../src/domain/vm/preview.ts';
import { vmPlacements } from '../src/domain/vm/read.ts';
import * as schema from '../src/store/schema/index.ts';
import { fixtureOpen, GIB, vmInput, type Fixture } from './region-fixture.ts';

let f: Fixture;
let imageId: ImageId;
let networkId: NetworkId;
const codeOf = (error: unknown): string => (error instanceof BasaltError ? error.code : String(error));
const failing = async (work: Promise<unknown>): Promise<BasaltError> => {
  const error: unknown = await work.then(
    () => null,
    (cause: unknown) => cause,
  );
  if (!(error instanceof BasaltError)) throw new Error('did not fail as it should', { cause: error });
  return error;
};

beforeAll(async () => {
  f = await fixtureOpen();
  for (const name of ['h1', 'h2', 'h3']) await f.hostAdd(name);
  imageId = await f.imageAdd();
  networkId = await f.networkAdd('10.10.0.0/24', { gateway: '10.10.0.1' });
});
afterAll(() => f[Symbol.asyncDispose]());

describe('creating VMs', () => {
  test('[VM-03] one transaction makes VM, disk, NIC, address, placement, task, event and operation-log row', async () => {
    const { items } = await vmCreate(f.context(), vmInput({ name: 'web', imageId, networkId, password: 'secret-12' }));
    const [item] = items;
    expect(item?.vm).toMatchObject({ name: 'web', state: 'creating', addresses: ['10.10.0.2'], vcpu: 1 });
    expect(item?.vm.task?.kind).toBe('vm.create');
    const id = item?.vm.id ?? newId();
    const [row] = await f.db.select().from(schema.vms).where(eq(schema.vms.id, id));
    expect(row?.passwordSealed).not.toContain('secret-12');
    expect(f.services.seal.unseal(row?.passwordSealed ?? '')).toBe('secret-12');
    const [log] = await f.db.select().from(schema.operationLog).where(eq(schema.operationLog.resourceId, id));
    expect(log).toMatchObject({ operation: 'vm.create', accountName: 'Tester', taskId: item?.taskId });
    expect(JSON.stringify(log)).not.toContain('secret-12');
    const [task] = await f.db.select().from(schema.tasks).where(eq(schema.tasks.targetId, id));
    expect(task?.input).toEqual({ vmId: id, start: true });
    const changes = await f.db.select().from(schema.outbox).where(eq(schema.outbox.resourceId, id));
    expect(changes.map((c) => [c.kind, c.change])).toContainEqual(['vm', 'created']);
  });

  test('[SCH-02] the decision is stored with a verdict for every host', async () => {
    const { items } = await vmCreate(f.context(), vmInput({ name: 'explained', imageId, networkId }));
    const id = items[0]?.vm.id ?? newId();
    const { items: placements } = await vmPlacements(f.context(), id);
    expect(placements).toHaveLength(1);
    expect(placements[0]?.verdicts.map((v) => v.host.name)).toEqual(['h1', 'h2', 'h3']);
    expect(placements[0]?.chosen?.name).toBe(items[0]?.vm.host?.name);
  });

  test('[SCH-01] a batch of three lands on three hosts, with ordered suffixes', async () => {
    const { items } = await vmCreate(f.context(), vmInput({ name: 'batch', imageId, networkId, count: 3 }));
    expect(items.map((i) => i.vm.name)).toEqual(['batch-01', 'batch-02', 'batch-03']);
    expect(new Set(items.map((i) => i.vm.host?.name)).size).toBe(3);
  });

  test('[BYD-02] the preview decides the same and leaves nothing', async () => {
    const before = await f.db.$count(schema.addresses);
    const preview = await vmPreview(f.context(), vmInput({ name: 'maybe', imageId, networkId, count: 2 }));
    expect(preview.fits).toBe(true);
    expect(preview.placements).toHaveLength(2);
    expect(preview.addresses[0]?.addresses[0]?.automatic).toBe(true);
    expect(preview.addresses[0]?.addresses[0]?.address).toMatch(/^10\.10\.0\./u);
    expect(preview.capacity.find((c) => c.resource === 'memory')?.needed).toBe(2 * GIB);
    expect(await f.db.$count(schema.addresses)).toBe(before);
    const wrong = await vmPreview(f.context(), vmInput({ name: 'web', imageId, networkId, memory: 512 * GIB }));
    expect(wrong.fits).toBe(false);
    expect(wrong.problems.map((p) => p.code).toSorted()).toEqual(['capacityExceeded', 'nameTaken']);
  });

  test('[SCH-02] what is too large is refused with the numbers and nothing is kept', async () => {
    const error = await failing(
      vmCreate(f.context(), vmInput({ name: 'huge', imageId, networkId, memory: 512 * GIB })),
    );
    expect([error.code, error.field]).toEqual(['capacityExceeded', 'memory']);
    const wide = await failing(vmCreate(f.context(), vmInput({ name: 'wide', imageId, networkId, vcpu: 200 })));
    expect([wide.code, wide.field]).toEqual(['capacityExceeded', 'vcpu']);
    expect(error.text('en-US')).toMatch(/512 GiB needed, \d+ GiB available \(h\d\)/u);
    expect(await f.db.$count(schema.vms, eq(schema.vms.name, 'huge'))).toBe(0);
  });

  test('[NET-02] a chosen address is taken once; refusals name who has it', async () => {
    const nics = [{ networkId, address: '10.10.0.77' }];
    await vmCreate(f.context(), {
      ...vmInput({ name: 'fixed', imageId, networkId }),
      nics: [{ ...nics[0]!, model: 'virtio' }],
    });
    const again = {
      ...vmInput({ name: 'fixed2', imageId, networkId }),
      nics: [{ ...nics[0]!, model: 'virtio' as const }],
    };
    const error = await failing(vmCreate(f.context(), again));
    expect([error.code, error.params['owner'], error.field]).toEqual(['addressTaken', 'fixed', 'nics.0.address']);
    const gateway = { ...again, nics: [{ networkId, address: '10.10.0.1', model: 'virtio' as const }] };
    expect((await failing(vmCreate(f.context(), gateway))).code).toBe('addressOutOfRange');
  });

  test('[NET-02] a full network is refused', async () => {
    const small = await f.networkAdd('10.20.0.0/29', { gateway: '10.20.0.1' });
    await vmCreate(f.context(), vmInput({ name: 'small', imageId, networkId: small, count: 5, start: false }));
    const error = await failing(
      vmCreate(f.context(), vmInput({ name: 'small6', imageId, networkId: small, start: false })),
    );
    expect(error.code).toBe('addressesExhausted');
  });

  test('[TASK-02] the same token gives the same answer, another input is refused, twins wait', async () => {
    const requestToken = newId<string>();
    const input = vmInput({ name: 'token', imageId, networkId, requestToken });
    const answers = await Promise.all([1, 2, 3].map(() => vmCreate(f.context(), input)));
    expect(new Set(answers.map((a) => a.items[0]?.vm.id)).size).toBe(1);
    expect(await f.db.$count(schema.vms, eq(schema.vms.name, 'token'))).toBe(1);
    const other = vmInput({ name: 'token-b', imageId, networkId, requestToken });
    expect((await failing(vmCreate(f.context(), other))).code).toBe('tokenReused');
    const account = '018f0000-0000-7000-8000-0000000000bb';
    expect((await failing(vmCreate(f.context('*', account), input))).code).toBe('nameTaken');
  });
});

describe('creating VMs side by side', () => {
  test('[VM-24] fifty at once share no address and no MAC, and no host is promised more than it has', async () => {
    const wide = await f.networkAdd('10.30.0.0/24', { gateway: '10.30.0.1' });
    const made = await Promise.allSettled(
      Array.from({ length: 50 }, (_, n) =>
        vmCreate(f.context(), vmInput({ name: `p${n}`, imageId, networkId: wide, vcpu: 1, memory: GIB })),
      ),
    );
    const done = made.filter((m) => m.status === 'fulfilled').length;
    const refused = made.flatMap((m) => (m.status === 'rejected' ? [codeOf(m.reason)] : []));
    expect(refused.filter((code) => code !== 'capacityExceeded')).toEqual([]);
    const nics = await f.db.select().from(schema.nics).where(eq(schema.nics.networkId, wide));
    expect(nics).toHaveLength(done);
    expect(new Set(nics.map((n) => n.address)).size).toBe(done);
    expect(new Set(nics.map((n) => n.mac)).size).toBe(done);
    const hosts = await f.db.select().from(schema.hosts);
    const held = await f.db.select().from(schema.hostAllocations);
    for (const host of hosts) {
      const mine = held.filter((a) => a.hostId === host.id);
      expect(host.allocatedVcpu).toBe(mine.reduce((sum, a) => sum + a.vcpu, 0));
      expect(host.allocatedMemory).toBe(mine.reduce((sum, a) => sum + a.memory, 0));
      expect(host.allocatedVcpu).toBeLessThanOrEqual(host.capacityVcpu);
      expect(host.allocatedMemory).toBeLessThanOrEqual(host.capacityMemory);
    }
    // 48 vCPU in all: some of the fifty found the region full, and nothing of them is left
    expect(refused.length).toBeGreaterThan(0);
    expect(hosts.reduce((sum, h) => sum + h.allocatedVcpu, 0)).toBe(48);
  });
});
