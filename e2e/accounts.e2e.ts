import type { AccountId, CurrentSession } from '@basalt/contract';
import { paths } from '../apps/console/src/paths.ts';
import { contextSignIn, expect, test, vmRunning, type Person } from './fixtures.ts';
import { AccountPage, AccountsPage, callWord, choose } from './pages/accounts.ts';
import { SignInPage } from './pages/sign-in.ts';
import { VmConsolePage } from './pages/vm-console.ts';
import { VmPage } from './pages/vm.ts';
import { accountCreate, apiWith, fresh, freshPassword, region, sessionIssue, url } from './platform.ts';
import { vmActionWord, zh } from './words.ts';

const me = async ({ api }: Pick<Person, 'api'>): Promise<CurrentSession> => api.session.current({});
const idOf = async (admin: Person, email: string): Promise<AccountId> => {
  const { items } = await admin.api.account.list({ search: email });
  const found = items.find((account) => account.email === email);
  if (!found) throw new Error(`no account ${email}`);
  return found.id;
};

test('[IAM-06][IAM-01] an account made in the console signs in with the password that was shown once', async ({
  page,
  browser,
  admin,
  keeper,
}) => {
  const list = new AccountsPage(page);
  const email = `${fresh('new')}@basalt.test`;
  await list.open();
  await list.create(email, '周越', '虚拟机操作员');
  keeper.later(async () => admin.api.account.delete({ id: await idOf(admin, email) }));
  const password = await list.secret(email);
  expect(password.length).toBeGreaterThan(11);
  await list.find(email);
  await expect(list.row(email)).toContainText('虚拟机操作员');

  const context = await browser.newContext({ baseURL: url, locale: 'zh-CN' });
  try {
    const other = await context.newPage();
    const form = new SignInPage(other);
    await form.open();
    await form.submit(email, password);
    await expect(other).toHaveURL(/\/password$/u);
    await form.change(password, freshPassword());
    await expect(other).toHaveURL(/\/overview$/u);
  } finally {
    await context.close();
  }
});

test('[IAM-06] what the form lacks stands at its fields, and nothing is sent', async ({ page }) => {
  const list = new AccountsPage(page);
  await list.open();
  await page
    .getByRole('main')
    .getByRole('button', { name: callWord('account.create') })
    .first()
    .click();
  await list.submit();
  await expect(list.drawer.getByText(zh('accounts.problems.bindings.none'))).toBeVisible();
  await expect(list.drawer.getByRole('textbox', { name: zh('accounts.fields.email') })).toBeFocused();
});

test('[IAM-06] an address that is taken is told at its field, and what was typed stays', async ({ page, reader }) => {
  const list = new AccountsPage(page);
  await list.open();
  await list.create(reader.email, '重名', '虚拟机操作员');
  await expect(list.drawer.getByRole('alert').filter({ hasText: '已被使用' }).first()).toBeVisible();
  await expect(list.drawer.getByRole('textbox', { name: zh('accounts.fields.name') })).toHaveValue('重名');
});

test('[IAM-06] freezing ends the sessions at once and says so where they were', async ({ page, browser, admin }) => {
  const account = await accountCreate('systemReadonly');
  const id = await idOf(admin, account.email);
  const context = await browser.newContext({ baseURL: url, locale: 'zh-CN' });
  try {
    await contextSignIn(context, { session: await sessionIssue(account.email) });
    const other = await context.newPage();
    await other.goto(paths.vms(region));
    await expect(other.getByRole('heading', { level: 1, name: zh('vm.list') })).toBeVisible();

    const view = new AccountPage(page);
    await view.open(id);
    await view.button('account.freeze').click();
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText(zh('accounts.ask.frozenStays'));
    await dialog.getByRole('button', { name: callWord('account.freeze'), exact: true }).click();
    await expect(page.getByRole('main').getByText(zh('accounts.state.frozen'), { exact: true })).toBeVisible();

    await other.reload();
    await expect(other).toHaveURL(/\/sign-in/u);
    await expect(other.getByRole('main')).toContainText('账号已被冻结');
    const form = new SignInPage(other);
    await form.submit(account.email, account.password);
    await expect(other).toHaveURL(/\/sign-in/u);

    await view.confirm('account.unfreeze');
    await expect(page.getByRole('main').getByText(zh('accounts.state.active'), { exact: true })).toBeVisible();
  } finally {
    await context.close();
    await admin.api.account.unfreeze({ id }).catch(() => undefined);
  }
});

test.describe('without rights on accounts', () => {
  test.use({ as: 'nobody' });

  test('[IAM-03] a region administrator neither sees nor reaches accounts, roles and global settings', async ({
    page,
    context,
  }) => {
    const account = await accountCreate('regionAdmin');
    const session = await sessionIssue(account.email);
    await contextSignIn(context, { session });
    await page.goto(paths.overview(region));
    const services = page.getByRole('navigation', { name: zh('shell.services') });
    await expect(services.getByRole('link', { name: zh('shell.nav.compute') })).toBeVisible();
    await expect(services.getByRole('link', { name: zh('shell.nav.settings') })).toBeHidden();
    await services.getByRole('link', { name: zh('shell.nav.identity') }).click();
    const pages = page.getByRole('navigation', { name: zh('shell.pages') });
    await expect(pages.getByRole('link', { name: zh('shell.nav.myAccount') })).toBeVisible();
    for (const hidden of ['accounts', 'accountGroups', 'roles', 'apiKeys', 'loginPolicy'])
      await expect(pages.getByRole('link', { name: zh(`shell.nav.${hidden}`), exact: true })).toBeHidden();

    await page.goto(paths.accounts(region));
    await expect(page.getByRole('alert').filter({ hasText: 'account:read' })).toBeVisible();
    const { call: api } = apiWith(session);
    await expect(api.account.list({})).rejects.toMatchObject({ code: 'permissionMissing' });
    await expect(api.role.list({})).rejects.toMatchObject({ code: 'permissionMissing' });
  });
});

test('[IAM-06] the last active system administrator cannot give his role away', async ({ page, admin, keeper }) => {
  const own = (await me(admin)).account.id;
  const { items } = await admin.api.account.list({
    limit: 200,
    filter: { role: 'systemAdmin', state: ['active', 'locked'] },
  });
  for (const account of items.filter(({ id }) => id !== own)) {
    keeper.later(() => admin.api.account.unfreeze({ id: account.id }));
    await admin.api.account.freeze({ id: account.id });
  }
  const view = new AccountPage(page);
  await view.open(own);
  await view.button('account.bindRoles').click();
  const drawer = page.getByRole('dialog');
  await choose(
    page,
    drawer.getByRole('combobox', { name: zh('accounts.bindings.role', { number: 1 }) }),
    '系统只读管理员',
  );
  await drawer.getByRole('button', { name: zh('common.save') }).click();
  await expect(drawer.getByRole('alert').filter({ hasText: '最后一个可用的系统管理员' }).first()).toBeVisible();
  expect((await me(admin)).permissions).toContain('account:create');
});

test('[BYD-13] an administrator sees as another account does, and can change nothing meanwhile', async ({
  page,
  admin,
}) => {
  const account = await accountCreate('vmOperator');
  const view = new AccountPage(page);
  await view.open(await idOf(admin, account.email));
  await page.getByRole('button', { name: zh('accounts.seeAs.action') }).click();

  const banner = page.getByRole('status', { name: zh('shell.seeAs.label') });
  await expect(banner).toContainText(account.email);
  await expect(
    page.getByRole('navigation', { name: zh('shell.services') }).getByRole('link', { name: zh('shell.nav.settings') }),
  ).toBeHidden();
  await page.goto(paths.vms(region));
  await expect(banner).toBeVisible();
  const create = page
    .getByRole('main')
    .getByRole('button', { name: zh('vm.create.title'), exact: true })
    .first();
  await expect(create).toHaveAttribute('aria-disabled', 'true');
  await expect(create).toHaveAccessibleDescription(/不能修改/u);
  await page.goto(paths.images(region));
  await expect(
    page
      .getByRole('main')
      .getByRole('button', { name: zh('images.upload.open'), exact: true })
      .first(),
  ).toHaveAccessibleDescription(/需要权限 image:upload/u);

  await banner.getByRole('button', { name: zh('shell.seeAs.end') }).click();
  await expect(banner).toBeHidden();
  await expect(view.button('account.update')).toHaveAttribute('aria-disabled', 'false');
});

test('[IAM-19] acting on a machine of somebody else asks first and says whose it is', async ({
  page,
  context,
  admin,
  keeper,
}) => {
  const vm = await vmRunning(admin.api, keeper);
  const other = await accountCreate('systemAdmin');
  await contextSignIn(context, { session: await sessionIssue(other.email) });
  const view = new VmPage(page);
  await view.open(vm.id);
  await view.shows('running');
  await view.toolbar.getByRole('button', { name: vmActionWord('reboot'), exact: true }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText(zh('vm.confirm.foreign', { owner: vm.owner.name }));
  await dialog.getByRole('button', { name: zh('common.cancel') }).click();
  expect((await admin.api.vm.get({ region, id: vm.id })).state).toBe('running');

  // a new name, too
  await page.goto(paths.vm(region, vm.id, 'settings'));
  const name = page.getByRole('textbox', { name: zh('vm.settings.name') });
  await name.fill(`${vm.name}-x`);
  await page.getByRole('button', { name: zh('common.save') }).click();
  await expect(dialog).toContainText(zh('vm.confirm.foreign', { owner: vm.owner.name }));
  expect((await admin.api.vm.get({ region, id: vm.id })).name).toBe(vm.name);
  await dialog.getByRole('button', { name: zh('common.save') }).click();
  await expect(dialog).toBeHidden();
  await expect.poll(async () => (await admin.api.vm.get({ region, id: vm.id })).name).toBe(`${vm.name}-x`);

  // and its screen
  const screen = new VmConsolePage(page);
  await screen.open(vm.id);
  await expect(page.getByText(zh('vm.console.notOpened'))).toBeVisible();
  await page.getByRole('button', { name: zh('vm.console.foreignOpen') }).click();
  await screen.connected();
});
