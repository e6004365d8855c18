import { paths } from '../apps/console/src/paths.ts';
import { expect, test, vmRunning } from './fixtures.ts';
import { region } from './platform.ts';
import { zh } from './words.ts';

test('[TASK-03] a task tells its steps, each done and with its time, and its log', async ({ page, admin, keeper }) => {
  const vm = await vmRunning(admin.api, keeper);
  await page.goto(paths.tasks(region));
  const row = page.getByRole('row').filter({ hasText: vm.name });
  await expect(row.getByText(zh('shell.taskState.succeeded'), { exact: true })).toBeVisible();
  await row.getByRole('link').first().click();
  await expect(page).toHaveURL(/\/tasks\/[0-9a-f-]{36}$/u);
  await expect(page.getByRole('heading', { level: 1 })).toContainText(vm.name);

  const { items } = await admin.api.task.list({ region, filter: { targetId: vm.id } });
  const made = items.find(({ kind }) => kind === 'vm.create');
  if (!made) throw new Error('the creation is not among the tasks');
  const { steps } = await admin.api.task.get({ region, id: made.id });
  expect(steps.map(({ state }) => state)).toEqual(steps.map(() => 'done'));
  const main = page.getByRole('main');
  for (const key of ['place', 'cloneDisk', 'networkPort', 'define', 'start', 'ready'])
    await expect(main.getByText(zh(`tasks.step.${key}`), { exact: true }).first()).toBeVisible();
  await expect(main.getByText(zh('shell.taskState.succeeded'), { exact: true }).first()).toBeVisible();
  // How long each step took stands beside it.
  await expect(main.getByText(/\d+(?:\.\d+)? ?(?:毫秒|秒)/u).first()).toBeVisible();
  await expect(main.getByText(zh('tasks.log'), { exact: true }).first()).toBeVisible();
});

test('[HOST-01][CLU-01] the hosts are listed with what they are and have, each with a page of facts', async ({
  page,
  admin,
}) => {
  const { items } = await admin.api.host.list({ region, limit: 200 });
  expect(items.map(({ name }) => name).toSorted()).toEqual(['host1', 'host2', 'host3']);
  await page.goto(paths.hosts(region));
  await expect(page.getByRole('heading', { level: 1, name: zh('hosts.title') })).toBeVisible();
  for (const host of items) {
    const row = page.getByRole('row').filter({ has: page.getByRole('link', { name: host.name, exact: true }) });
    await expect(row).toContainText('可用');
    await expect(row).toContainText(host.address);
  }
  const [first] = items;
  if (!first?.inventory) throw new Error('the first host has told nothing of itself');
  await page.getByRole('link', { name: first.name, exact: true }).first().click();
  await expect(page.getByRole('heading', { level: 1, name: first.name })).toBeVisible();
  const main = page.getByRole('main');
  for (const fact of [first.inventory.cpuModel, first.inventory.kernel, first.inventory.libvirt])
    await expect(main.getByText(fact, { exact: true }).first()).toBeVisible();
});
