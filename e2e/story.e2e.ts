import { paths } from '../apps/console/src/paths.ts';
import { expect, test } from './fixtures.ts';
import { SignInPage } from './pages/sign-in.ts';
import { VmConsolePage } from './pages/vm-console.ts';
import { VmCreatePage } from './pages/vm-create.ts';
import { VmPage } from './pages/vm.ts';
import { domainHosts } from './facts.ts';
import { firstNames, firstPassword, fresh, freshPassword, region } from './platform.ts';
import { zh } from './words.ts';
import type { VmId } from '@basalt/contract';

test.use({ as: 'nobody' });

test('[IAM-01][VM-01][VM-15][VM-24][IMG-03] a newcomer signs in, makes a VM by typing only a name and works on its screen', async ({
  page,
  keeper,
}) => {
  const first = await firstPassword();
  const own = freshPassword();
  const name = fresh('story');
  keeper.vmsNamed(name);

  await test.step('the printed password leads to the page for a new one, and nowhere else', async () => {
    const form = new SignInPage(page);
    await form.open();
    await form.submit(firstNames.account, first);
    await expect(page).toHaveURL(/\/password$/u);
    await page.goto(paths.vms(region));
    await expect(page).toHaveURL(/\/password$/u);
    await form.change(first, own);
    await expect(page).toHaveURL(/\/r\/[^/]+\/overview$/u);
  });

  await test.step('the overview shows three hosts', async () => {
    await expect(page.getByRole('main').getByRole('link', { name: /^host\d · 可用/u })).toHaveCount(3);
  });

  await test.step('a VM is made by typing only its name', async () => {
    await page
      .getByRole('main')
      .getByRole('button', { name: zh('overview.createVm'), exact: true })
      .click();
    const form = new VmCreatePage(page);
    await form.ready();
    await form.name.fill(name);
    await form.submit();
  });

  const vm = new VmPage(page);
  await test.step('its page shows it running, without a reload', async () => {
    await expect(vm.title).toHaveText(name);
    await vm.shows('running');
  });
  const id = (new URL(page.url()).pathname.split('/').at(-1) ?? '') as VmId;
  expect(await domainHosts(id, 'running')).toHaveLength(1);

  await test.step('the console shows the screen of the guest and takes keys', async () => {
    await vm.ask('console');
    const screen = new VmConsolePage(page);
    await screen.connected();
    const before = await screen.settles();
    expect(before.colours, 'the screen is not of one colour').toBeGreaterThan(1);
    await screen.canvas.click();
    await page.keyboard.type('root', { delay: 40 });
    await page.keyboard.press('Enter');
    await expect.poll(async () => (await screen.picture()).hash, { timeout: 20_000 }).not.toBe(before.hash);
  });

  await test.step('the address that the agent in the guest tells stands on its page', async () => {
    await vm.open(id);
    const guest = page.getByRole('main').getByText(zh('vm.guest.agents.running'), { exact: true });
    await expect(guest).toBeVisible({ timeout: 60_000 });
    await expect(
      page
        .getByRole('term')
        .filter({ hasText: zh('vm.guest.addresses') })
        .locator('..'),
    ).toContainText(/10\.32\.4\.\d+/u);
  });
});
