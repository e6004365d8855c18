import { hostName } from '@basalt/lab';
import { domainHosts } from './facts.ts';
import { expect, test } from './fixtures.ts';
import { VmCreatePage } from './pages/vm-create.ts';
import { VmListPage } from './pages/vm-list.ts';
import { fresh, hostNumbers, region } from './platform.ts';
import { vmStateWord } from './words.ts';

test('[VM-01][SCH-01][SCH-02] three VMs made at once land on three hosts', async ({ page, admin, keeper }) => {
  const name = fresh('batch');
  keeper.vmsNamed(name);
  const form = new VmCreatePage(page);
  await form.open();
  await form.size(1, 1);
  await form.name.fill(name);
  await form.count.fill('3');
  const hosts = hostNumbers.map(hostName);
  await test.step('the form says beforehand where they would go', async () => {
    for (const host of hosts) await expect(form.answers.getByText(host, { exact: true }).first()).toBeVisible();
  });
  await form.submit(3);

  const list = new VmListPage(page);
  await expect(page).toHaveURL(/\/vms(?:\?|$)/u);
  await list.find(name);
  const shown: string[] = [];
  for (const number of ['01', '02', '03']) {
    const row = list.row(`${name}-${number}`);
    await expect(row.getByText(vmStateWord('running'), { exact: true })).toBeVisible({ timeout: 60_000 });
    shown.push((await row.getByRole('link', { name: /^host\d$/u }).textContent()) ?? '');
  }
  expect(shown.toSorted()).toEqual(hosts);

  const { items } = await admin.api.vm.list({ region, search: name });
  expect(new Set(items.flatMap(({ addresses }) => addresses)).size).toBe(3);
  for (const vm of items) expect(await domainHosts(vm.id, 'running')).toEqual([vm.host?.name]);
  const placed = await admin.api.vm.placement({ region, id: items[0]?.id ?? '' });
  expect(placed.items[0]?.verdicts).toHaveLength(3);
});
