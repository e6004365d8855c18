import { supervisorKill, supervisorStatus } from '@basalt/lab';
import type { VmId } from '@basalt/contract';
import { domainHosts, belongings, domainFiles, domains, ovnPorts, rbdImages } from './facts.ts';
import { expect, firstThings, small, test, type Person } from './fixtures.ts';
import { fresh, instance, region } from './platform.ts';

async function creationBegin({ api }: Person, name: string) {
  const { image, network } = await firstThings(api);
  const { items } = await api.vm.create({
    region,
    name,
    imageId: image.id,
    ...small,
    systemDisk: { size: 10 * 1024 ** 3 },
    nics: [{ networkId: network.id }],
  });
  const [made] = items;
  if (!made) throw new Error('no VM was made');
  return made;
}

const regionPid = async (): Promise<number | undefined> =>
  (await supervisorStatus(instance)).find(({ name }) => name === 'region')?.pid ?? undefined;

/** The traces of one VM anywhere, by the ids that its parts are named by. */
async function traces(vmId: VmId, diskIds: readonly string[], nicIds: readonly string[]): Promise<string[]> {
  const [images, ports, byHost] = await Promise.all([rbdImages(), ovnPorts(), domains()]);
  const ids = [vmId, ...diskIds, ...nicIds];
  return [...images, ...ports, ...Object.values(byHost).flat(), ...domainFiles()].filter((name) =>
    ids.some((id) => name.includes(id)),
  );
}

/** Where in the course of a creation the region dies: as soon as a task's step is the present one. */
const moments = ['place', 'cloneDisk', 'define', 'start'] as const;

for (const moment of moments) {
  test(`[TASK-01][VM-01] the region killed at the step ${moment} of a creation ends it as a running VM or leaves nothing`, async ({
    admin,
    keeper,
  }) => {
    const before = await belongings();
    const name = fresh('killed');
    keeper.vmsNamed(name);
    const { vm, taskId } = await creationBegin(admin, name);
    const order = ['place', 'cloneDisk', 'networkPort', 'define', 'start'].indexOf(moment);
    // The step may be over before it is seen; then the next one is the one that is interrupted.
    await expect
      .poll(
        async () => {
          const task = await admin.api.task.get({ region, id: taskId });
          return task.finishedAt !== null || task.steps.filter(({ state }) => state !== 'pending').length > order;
        },
        { intervals: [10] },
      )
      .toBe(true);
    const pid = await regionPid();
    const killed = Date.now();
    await supervisorKill(instance, 'region', 'SIGKILL');
    await expect.poll(async () => (await regionPid()) ?? pid, { intervals: [100] }).not.toBe(pid);

    await expect
      .poll(
        async () => {
          const task = await admin.api.task.get({ region, id: taskId }).catch(() => undefined);
          return task?.state;
        },
        { timeout: 90_000, intervals: [300], message: 'the task ends' },
      )
      .toMatch(/^(succeeded|failed|cancelled)$/u);

    // Early enough that the creation was under way for certain; later moments may just miss its end.
    if (order < 2) {
      const { finishedAt } = await admin.api.task.get({ region, id: taskId });
      expect(Date.parse(finishedAt ?? ''), 'the task was interrupted').toBeGreaterThan(killed);
    }
    const found = await admin.api.vm.get({ region, id: vm.id });
    const parts = [found.disks.map(({ id }) => id), found.nics.map(({ id }) => id)] as const;
    if (found.state === 'running') {
      expect(await domainHosts(vm.id, 'running')).toEqual([found.host?.name]);
      expect(await traces(vm.id, ...parts)).toContain(`ssd/disk-${found.disks[0]?.id}`);
    } else {
      expect(found.state).toBe('error');
      expect(found.reason).not.toBeNull();
      expect(await traces(vm.id, ...parts)).toEqual([]);
    }

    await keeper.clean();
    await expect.poll(belongings, { timeout: 30_000, intervals: [500] }).toEqual(before);
  });
}
