import { paths } from '../apps/console/src/paths.ts';
import { belongings, domainHosts, rbdImages } from './facts.ts';
import { expect, test, vmReaches, vmRunning } from './fixtures.ts';
import { VmListPage } from './pages/vm-list.ts';
import { VmPage } from './pages/vm.ts';
import { region } from './platform.ts';
import { vmActionWord, zh } from './words.ts';

test('[VM-04][VM-26] a VM that is deleted and destroyed leaves nothing in Ceph, OVN, libvirt and on the hosts', async ({
  page,
  admin,
  keeper,
}) => {
  const before = await belongings();
  const vm = await vmRunning(admin.api, keeper);
  const grown = await belongings();
  expect(grown.length).toBeGreaterThanOrEqual(before.length + 3);

  const view = new VmPage(page);
  await view.open(vm.id);
  await view.shows('running');
  await view.ask('powerOff');
  await view.shows('stopped');
  await view.ask('delete');
  await vmReaches(admin.api, vm.id, 'deleted');
  expect(await domainHosts(vm.id)).toEqual([]);
  expect((await rbdImages()).filter((image) => vm.disks.some(({ id }) => image.includes(id)))).toHaveLength(1);

  await test.step('it is gone from the list and stands in the recycle bin', async () => {
    const list = new VmListPage(page);
    await list.open();
    await list.find(vm.name);
    await expect(list.row(vm.name)).toBeHidden();
    await page.goto(paths.recycleBin(region));
    await expect(page.getByRole('heading', { level: 1, name: zh('recycleBin.title') })).toBeVisible();
  });
  await test.step('destroyed there, nothing of it is left', async () => {
    const row = page.getByRole('row').filter({ hasText: vm.name });
    await row.hover();
    await row.getByRole('button', { name: vmActionWord('destroy') }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText(vm.addresses[0] ?? '');
    await dialog.getByRole('button', { name: zh('recycleBin.confirm.action'), exact: true }).click();
    await expect(row).toBeHidden({ timeout: 30_000 });
    await expect.poll(belongings, { timeout: 30_000, intervals: [500] }).toEqual(before);
  });
});

test('[VM-04] a VM comes back from the recycle bin with its disk and its address', async ({ admin, keeper }) => {
  const vm = await vmRunning(admin.api, keeper);
  await admin.api.vm.powerOff({ region, id: vm.id });
  await vmReaches(admin.api, vm.id, 'stopped');
  await admin.api.vm.delete({ region, id: vm.id });
  await vmReaches(admin.api, vm.id, 'deleted');
  await admin.api.vm.undelete({ region, id: vm.id });
  await vmReaches(admin.api, vm.id, 'stopped');
  await admin.api.vm.start({ region, id: vm.id });
  const back = await vmReaches(admin.api, vm.id, 'running');
  expect(back.addresses).toEqual(vm.addresses);
  expect(back.disks.map(({ id }) => id)).toEqual(vm.disks.map(({ id }) => id));
});
