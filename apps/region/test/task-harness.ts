/** A region with a running engine, and the way to try one task in it. */
import { afterAll, beforeAll, expect } from 'vitest';
import type { TaskId, VmId, VmState } from '@basalt/contract';
import type { DomainFacts, DomainSpec } from '@basalt/contract/agent/schemas';
import { transact, type Work } from '../src/store/transact.ts';
import { vmDisks } from '../src/store/vm.ts';
import { engineStart, type Engine } from '../src/workflow/engine.ts';
import { taskEnqueue } from '../src/workflow/task-enqueue.ts';
import type { TaskDefinition } from '../src/workflow/task-define.ts';
import { testRegistry, type Scenario, type TestRegistry } from '../src/workflow/test-kit.ts';
import { actor, allocationDifference, eventually, fixture, pool, type Fixture } from './task-fixture.ts';

export interface Harness {
  readonly region: Fixture;
  readonly registry: TestRegistry;
  readonly engine: Engine;
  readonly enqueue: (work: Work, kind: string, targetId: string, input: Record<string, unknown>) => Promise<TaskId>;
  readonly ended: (id: TaskId) => Promise<string>;
  /** A VM in a state, with its disks in storage and, when `domain` is given, its domain on its host. */
  readonly vmIn: (work: Work, state: VmState, domain: DomainFacts['state'] | null, running?: boolean) => Promise<VmId>;
  readonly domainState: (id: VmId) => DomainFacts['state'] | null;
  /** Scenario of a task about one VM. */
  readonly vmScenario: (
    kind: string,
    from: readonly [VmState, DomainFacts['state'] | null, boolean],
    succeeded: (id: VmId) => Promise<void>,
    clean: (id: VmId) => Promise<void>,
    input?: Record<string, unknown>,
  ) => Scenario<VmId>;
}

export function harness(definitions: readonly TaskDefinition<unknown>[]): Harness {
  let region: Fixture;
  let engine: Engine;
  const registry = testRegistry(definitions);
  beforeAll(async () => {
    region = await fixture();
    engine = await engineStart({
      services: region.services,
      registry,
      databaseUrl: region.url,
      executor: 'test',
      undoTries: 3,
      undoWait: 10,
    });
  }, 60_000);
  afterAll(async () => {
    await engine.stop();
    await region[Symbol.asyncDispose]();
  });

  const enqueue: Harness['enqueue'] = (work, kind, id, input) =>
    taskEnqueue(registry, work, {
      kind,
      target: { kind: kind.split('.')[0] ?? '', id, name: 'subject' },
      input,
      actor,
      locale: 'en-US',
    });
  const ended = (id: TaskId): Promise<string> =>
    eventually(
      () => region.taskRow(id),
      (t) => t.finishedAt !== null,
      15_000,
    ).then((t) => t.state);
  const vmIn: Harness['vmIn'] = async (work, state, domain, running = true) => {
    const id = await region.vmRows(work, state, { running });
    const disks = await vmDisks(work.tx, [id]);
    for (const disk of disks) region.world.images.set(`${pool}/${disk.rbdImage}`, disk.size);
    if (domain)
      region.hosts[0]?.domains.set(id, {
        facts: {
          vmId: id,
          name: `vm-${id}`,
          uuid: id,
          foreign: false,
          state: domain,
          reason: 'booted',
          epoch: 1,
          startedAt: domain === 'running' ? '2026-01-01T00:00:00.000Z' : null,
        },
        spec: { disks: disks.map((disk) => ({ at: { pool, image: disk.rbdImage } })) } as DomainSpec,
      });
    return id;
  };
  return {
    get region() {
      return region;
    },
    get engine() {
      return engine;
    },
    registry,
    enqueue,
    ended,
    vmIn,
    domainState: (id) => region.hosts[0]?.domains.get(id)?.facts.state ?? null,
    vmScenario: (kind, [state, domain, running], succeeded, clean, input = {}) => ({
      registry,
      ended,
      begin: () =>
        transact(region.db, async (work) => {
          const subject = await vmIn(work, state, domain, running);
          return { subject, taskId: await enqueue(work, kind, subject, { vmId: subject, ...input }) };
        }),
      succeeded: async (id) => {
        await succeeded(id);
        expect(await allocationDifference(region.db)).toBe(0);
      },
      clean: async (id) => {
        await clean(id);
        expect(await allocationDifference(region.db)).toBe(0);
      },
    }),
  };
}
