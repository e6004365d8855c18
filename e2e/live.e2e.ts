import { AxeBuilder } from '@axe-core/playwright';
import { paths } from '../apps/console/src/paths.ts';
import { contextSignIn, expect, test, vmRunning } from './fixtures.ts';
import { VmListPage } from './pages/vm-list.ts';
import { VmPage } from './pages/vm.ts';
import { region } from './platform.ts';
import { vmStateWord, words, zh } from './words.ts';

test('[BYD-01] what one browser does the other sees, without a reload', async ({ page, admin, keeper, browser }) => {
  const vm = await vmRunning(admin.api, keeper);
  const list = new VmListPage(page);
  await list.open();
  await list.find(vm.name);
  const row = list.row(vm.name);
  await expect(row.getByText(vmStateWord('running'), { exact: true })).toBeVisible();
  let loads = 0;
  page.on('load', () => (loads += 1));

  const other = await browser.newContext({ locale: 'zh-CN' });
  await contextSignIn(other, admin);
  const view = new VmPage(await other.newPage());
  await view.page.goto(`${new URL(page.url()).origin}${paths.vm(region, vm.id)}`);
  await view.ask('powerOff');
  await expect(row.getByText(vmStateWord('stopped'), { exact: true })).toBeVisible({ timeout: 5000 });
  await admin.api.vm.start({ region, id: vm.id });
  await view.shows('running', 20_000);
  await expect(row.getByText(vmStateWord('running'), { exact: true })).toBeVisible({ timeout: 5000 });
  expect(loads).toBe(0);
  await other.close();
});

test('[BRD-01] in English every word of the shell and the list is English, and stays so', async ({ page }) => {
  const en = words('en-US');
  await page.goto(paths.vms(region));
  await page.getByRole('button', { name: new RegExp(`^${zh('shell.account')}`, 'u') }).click();
  await page.getByRole('menuitem', { name: zh('shell.language') }).hover();
  await page.getByRole('menuitem', { name: 'English' }).click();
  await expect(page.getByRole('heading', { level: 1, name: en('vm.list') })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en-US');
  for (const path of [paths.overview(region), paths.hosts(region), paths.tasks(region)]) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.getByRole('main')).not.toContainText(/\p{Script=Han}/u);
  }
  await page.getByRole('button', { name: new RegExp(`^${en('shell.account')}`, 'u') }).click();
  await page.getByRole('menuitem', { name: en('shell.language') }).hover();
  await page.getByRole('menuitem', { name: en('common.languages.zh-CN') }).click();
  await expect(page.getByRole('heading', { level: 1, name: zh('tasks.title') })).toBeVisible();
});

test('[BRD-01] the dark theme is chosen in the account menu and stays over a reload', async ({ page }) => {
  await page.goto(paths.hosts(region));
  const background = () => page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
  const light = await background();
  for (const [theme, word] of [
    ['dark', zh('shell.themes.dark')],
    ['light', zh('shell.themes.light')],
  ] as const) {
    await page.getByRole('button', { name: new RegExp(`^${zh('shell.account')}`, 'u') }).click();
    await page.getByRole('menuitem', { name: zh('shell.theme') }).hover();
    await page.getByRole('menuitem', { name: word }).click();
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
    await page.reload();
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
    if (theme === 'dark') expect(await background()).not.toBe(light);
    else expect(await background()).toBe(light);
  }
});

test('[BYD-13] the main pages have no serious barriers for assistive technology', async ({ page, admin, keeper }) => {
  const vm = await vmRunning(admin.api, keeper);
  const found: string[] = [];
  for (const path of [
    paths.overview(region),
    paths.vms(region),
    paths.vmCreate(region),
    paths.vm(region, vm.id),
    paths.images(region),
    paths.networks(region),
    paths.hosts(region),
    paths.tasks(region),
  ]) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.getByRole('main').locator('[aria-busy="true"]')).toHaveCount(0);
    const { violations } = await new AxeBuilder({ page }).analyze();
    for (const { id, impact, nodes } of violations)
      if (impact === 'serious' || impact === 'critical')
        found.push(
          ...nodes.map(({ target }) => `${path.replace(vm.id, '…')}: ${id} (${impact}) at ${target.join(' ')}`),
        );
  }
  expect(found).toEqual([]);
});

test('[IAM-11] a page that is left alone asks in the background; whoever comes back to it is there again', async ({
  page,
}) => {
  const background = (request: { headers: () => Record<string, string> }) => request.headers()['x-basalt-background'];
  const asked = (what: string) => page.waitForRequest((request) => request.url().includes(what));
  await page.clock.install();
  await page.goto(paths.overview(region));
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  const [left] = await Promise.all([asked('region.list'), page.clock.fastForward(60_000)]);
  expect(background(left)).toBe('1');
  const [back] = await Promise.all([asked('session.current'), page.mouse.move(300, 300)]);
  expect(background(back)).toBeUndefined();
  // keys that belong to the guest's screen count too, though the page itself asks for nothing
  await page.clock.fastForward(120_000);
  const [typed] = await Promise.all([asked('session.current'), page.keyboard.press('Shift')]);
  expect(background(typed)).toBeUndefined();
});
