import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { BasaltError, type HostId, type Network, type NetworkId } from '@basalt/contract';
import { newId } from '@basalt/service';
import { harness } from '../../test/task-harness.ts';
import { hosts, networks, taskLogs } from '../store/schema/index.ts';
import { transact } from '../store/transact.ts';
import { theFour, type Scenario } from '../workflow/test-kit.ts';
import { hostEnrol } from './host-enrol.ts';
import { hostRemove } from './host-remove.ts';
import { networkChange, networkCreate, networkDelete } from './network-tasks.ts';

const h = harness([networkCreate, networkChange, networkDelete, hostEnrol, hostRemove]);
const same = (actual: unknown, expected: unknown): void => expect(actual).toEqual(expected);
let count = 0;

const networkScenario = (
  kind: string,
  state: Network['state'],
  succeeded: Scenario<NetworkId>['succeeded'],
  clean: Scenario<NetworkId>['clean'],
): Scenario<NetworkId> => ({
  registry: h.registry,
  ended: h.ended,
  succeeded,
  clean,
  begin: () =>
    transact(h.region.db, async (work) => {
      count += 1;
      const subject = newId<NetworkId>();
      await work.tx
        .insert(networks)
        .values({ id: subject, name: `net-${count}`, uplink: 'physnet1', vlan: 1000 + count, mtu: 1500, state });
      return { subject, taskId: await h.enqueue(work, kind, subject, { networkId: subject }) };
    }),
});
const network = async (id: NetworkId) => {
  const [row] = await h.region.db.select().from(networks).where(eq(networks.id, id));
  return { state: row?.state, deleted: row?.deletedAt !== null, made: h.region.network.networks.has(id) };
};
const netIs =
  (...allowed: Awaited<ReturnType<typeof network>>[]) =>
  async (id: NetworkId) =>
    expect(allowed).toContainEqual(await network(id));

theFour(test, same, 'NET-01', networkCreate, () =>
  networkScenario(
    'network.create',
    'creating',
    netIs({ state: 'available', deleted: false, made: true }),
    netIs({ state: 'error', deleted: false, made: false }),
  ),
);
theFour(test, same, 'NET-01', networkChange, () =>
  networkScenario(
    'network.update',
    'available',
    netIs({ state: 'available', deleted: false, made: true }),
    netIs({ state: 'error', deleted: false, made: true }),
  ),
);
theFour(test, same, 'NET-01', networkDelete, () =>
  networkScenario(
    'network.delete',
    'deleting',
    netIs({ state: 'deleting', deleted: true, made: false }),
    netIs({ state: 'error', deleted: false, made: false }, { state: 'deleting', deleted: true, made: false }),
  ),
);

const hostScenario = (
  kind: string,
  state: 'enrolling' | 'removing',
  succeeded: Scenario<HostId>['succeeded'],
  clean: Scenario<HostId>['clean'],
): Scenario<HostId> => ({
  registry: h.registry,
  ended: h.ended,
  succeeded,
  clean,
  begin: () =>
    transact(h.region.db, async (work) => {
      count += 1;
      const subject = newId<HostId>();
      await work.tx.insert(hosts).values({
        id: subject,
        name: `new${count}`,
        clusterId: h.region.clusterId,
        address: '127.0.0.1',
        port: 8000 + count,
        state,
      });
      h.region.world.host(subject, `new${count}`);
      return { subject, taskId: await h.enqueue(work, kind, subject, { hostId: subject }) };
    }),
});
const host = async (id: HostId) => {
  const [row] = await h.region.db.select().from(hosts).where(eq(hosts.id, id));
  if (!row) throw new Error('no host');
  return row;
};

theFour(test, same, 'HOST-02', hostEnrol, () =>
  hostScenario(
    'host.enrol',
    'enrolling',
    async (id) => {
      expect(await host(id)).toMatchObject({
        state: 'locked',
        wantedState: 'locked',
        reason: null,
        capacityVcpu: 16,
        providerNetworks: ['physnet1'],
      });
      expect(h.region.world.hosts.get(id)?.done).toEqual(
        expect.arrayContaining(['ensureChassis', 'ensureStorageAccess']),
      );
    },
    async (id) => expect(await host(id)).toMatchObject({ state: 'enrolling', reason: expect.any(String) }),
  ),
);
theFour(test, same, 'HOST-01', hostRemove, () =>
  hostScenario(
    'host.remove',
    'removing',
    async (id) => {
      expect((await host(id)).removedAt).not.toBeNull();
      expect(h.region.world.hosts.get(id)?.done).toContain('ensureLeft');
    },
    async (id) => {
      const row = await host(id);
      expect(row.removedAt !== null || row.state === 'maintenance').toBe(true);
    },
  ),
);

test('[CLU-01] a host that is dead is removed all the same, and the log says what it still has', async () => {
  const { id, taskId } = await transact(h.region.db, async (work) => {
    const dead = newId<HostId>();
    await work.tx.insert(hosts).values({
      id: dead,
      name: 'dead',
      clusterId: h.region.clusterId,
      address: '127.0.0.1',
      port: 9000,
      state: 'removing',
    });
    h.region.world.host(dead, 'dead').fault = () => {
      throw new BasaltError('agentUnreachable', { host: 'dead' });
    };
    return { id: dead, taskId: await h.enqueue(work, 'host.remove', dead, { hostId: dead }) };
  });
  await h.ended(taskId);
  expect((await host(id)).removedAt).not.toBeNull();
  const lines = await h.region.db.select().from(taskLogs).where(eq(taskLogs.taskId, taskId));
  expect(lines.map(({ text }) => text)).toContain(
    'dead does not answer and still has its network settings and storage key',
  );
}, 60_000);
