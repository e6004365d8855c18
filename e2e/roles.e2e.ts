import { permissionLabel, roleId, type AccountId, type Permission } from '@basalt/contract';
import { paths } from '../apps/console/src/paths.ts';
import { contextSignIn, expect, test, vmRunning, vmsRunning } from './fixtures.ts';
import { AccountPage, AccountsPage, callWord, choose } from './pages/accounts.ts';
import { VmListPage } from './pages/vm-list.ts';
import { VmPage } from './pages/vm.ts';
import { accountCreate, fresh, freshPassword, region, sessionIssue, url } from './platform.ts';
import { vmActionWord, zh } from './words.ts';

const word = (permission: Permission): string => permissionLabel(permission)['zh-CN'];

test('[IAM-04][BYD-18] a role that was ticked in the matrix decides which buttons work, from the next request', async ({
  page,
  browser,
  admin,
  keeper,
}) => {
  const vm = await vmRunning(admin.api, keeper);
  const name = fresh('role');
  await page.goto(paths.roleCreate(region));
  await page.getByRole('textbox', { name: zh('roles.fields.name') }).fill(name);
  const matrix = page.getByRole('table', { name: zh('roles.matrix.title') });
  const search = page.getByRole('textbox', { name: zh('roles.matrix.search') });
  await search.fill('vm:shutdown');
  await matrix.getByRole('checkbox', { name: word('vm:shutdown'), exact: true }).check();
  await test.step('the right to see comes with the operation', async () => {
    await expect(matrix.getByRole('checkbox', { name: word('vm:read'), exact: true })).toBeChecked();
  });
  await page.getByRole('button', { name: callWord('role.create'), exact: true }).click();
  await expect(page).toHaveURL(/\/roles\/[0-9a-f-]{36}$/u);
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  const { items } = await admin.api.role.list({ search: name });
  const role = items[0];
  if (!role) throw new Error('the role was not made');
  expect(role.permissions.toSorted()).toEqual(['vm:read', 'vm:shutdown']);

  const email = `${fresh('holder')}@basalt.test`;
  const { account } = await admin.api.account.create({
    email,
    name: email,
    level: 'region',
    regions: [region],
    bindings: [{ role: role.id }],
    password: freshPassword(),
    mustChangePassword: false,
  });
  keeper.later(() => admin.api.role.delete({ id: roleId.parse(role.id) }));
  keeper.later(() => admin.api.account.delete({ id: account.id }));

  const context = await browser.newContext({ baseURL: url, locale: 'zh-CN', viewport: { width: 1440, height: 900 } });
  try {
    await contextSignIn(context, { session: await sessionIssue(email) });
    const other = await context.newPage();
    await other.goto(paths.vms(region));
    await expect(
      other
        .getByRole('main')
        .getByRole('button', { name: zh('vm.create.title'), exact: true })
        .first(),
    ).toHaveAccessibleDescription(/需要权限 vm:create/u);
    const view = new VmPage(other);
    await view.open(vm.id);
    await view.shows('running');
    const reboot = view.toolbar.getByRole('button', { name: vmActionWord('reboot'), exact: true });
    await expect(view.toolbar.getByRole('button', { name: vmActionWord('shutdown'), exact: true })).toHaveAttribute(
      'aria-disabled',
      'false',
    );
    await expect(reboot).toHaveAccessibleDescription(/需要权限 vm:reboot/u);

    await test.step('one more permission holds from the next request', async () => {
      await search.fill('vm:reboot');
      await matrix.getByRole('checkbox', { name: word('vm:reboot'), exact: true }).check();
      await page.getByRole('button', { name: zh('roles.saveChanges', { count: 1 }) }).click();
      await expect(page.getByText(zh('roles.done.saved', { name })).first()).toBeVisible();
      await other.reload();
      await expect(reboot).toHaveAttribute('aria-disabled', 'false');
    });
  } finally {
    await context.close();
  }
});

test('[IAM-04] a role that somebody has is not deleted, and a built-in one not changed; both say why', async ({
  page,
  admin,
  keeper,
}) => {
  const name = fresh('bound');
  const role = await admin.api.role.create({ name, level: 'region', permissions: ['vm:read'] });
  keeper.later(() => admin.api.role.delete({ id: roleId.parse(role.id) }));
  const group = await admin.api.accountGroup.create({ name, bindings: [{ role: role.id }] });
  keeper.later(() => admin.api.accountGroup.delete({ id: group.id }));
  await page.goto(paths.role(region, role.id));
  const remove = page.getByRole('button', { name: callWord('role.delete'), exact: true });
  await expect(remove).toHaveAttribute('aria-disabled', 'true');
  await expect(remove).toHaveAccessibleDescription(zh('roles.delete.bound', { accounts: 0, groups: 1 }));
  await expect(page.getByRole('main').getByRole('link', { name: group.name })).toBeVisible();

  await page.goto(paths.role(region, 'vmOperator'));
  await expect(page.getByRole('heading', { level: 1, name: '虚拟机操作员' })).toBeVisible();
  await expect(page.getByRole('checkbox')).toHaveCount(0);
  await expect(page.getByRole('button', { name: zh('roles.save'), exact: true })).toHaveAccessibleDescription(
    zh('roles.builtInFixed'),
  );

  await test.step('a clone of it can be changed', async () => {
    const copy = fresh('clone');
    await page.getByRole('button', { name: callWord('role.clone'), exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: zh('roles.fields.name') }).fill(copy);
    await dialog.getByRole('button', { name: callWord('role.clone'), exact: true }).click();
    await expect(page.getByRole('heading', { level: 1, name: copy })).toBeVisible();
    await expect(page.getByRole('checkbox').first()).toBeVisible();
    await page.getByRole('button', { name: callWord('role.delete'), exact: true }).click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: callWord('role.delete'), exact: true })
      .click();
    await expect(page).toHaveURL(/\/roles$/u);
    expect((await admin.api.role.list({ search: copy })).total).toBe(0);
  });
});

test('[IAM-17] roles of a group hold for its members, and its deletion says who loses them', async ({
  page,
  admin,
  keeper,
}) => {
  const account = await accountCreate('vmOperator');
  const found = (await admin.api.account.list({ search: account.email })).items[0];
  const id = found?.id as AccountId;
  const name = fresh('group');
  await page.goto(paths.accountGroups(region));
  await page
    .getByRole('main')
    .getByRole('button', { name: callWord('accountGroup.create') })
    .first()
    .click();
  const drawer = page.getByRole('dialog');
  await drawer.getByRole('textbox', { name: zh('accountGroups.fields.name') }).fill(name);
  await choose(
    page,
    drawer.getByRole('combobox', { name: zh('accounts.bindings.role', { number: 1 }) }),
    '地域只读管理员',
  );
  const members = drawer.getByRole('combobox', { name: zh('accountGroups.fields.members') });
  await members.fill(account.email);
  await page.locator('.ant-select-dropdown').getByText(account.email).filter({ visible: true }).last().click();
  await drawer.getByRole('button', { name: callWord('accountGroup.create') }).click();
  await expect(page.getByRole('link', { name, exact: true })).toBeVisible();
  keeper.later(async () => {
    for (const group of (await admin.api.accountGroup.list({ search: name })).items)
      await admin.api.accountGroup.delete({ id: group.id });
  });
  expect((await admin.api.account.effective({ id })).permissions).toContain('host:read');

  await page.getByRole('link', { name, exact: true }).click();
  await page.getByRole('button', { name: callWord('accountGroup.delete'), exact: true }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText(zh('accountGroups.delete.members', { count: 1 }));
  await expect(dialog).toContainText(zh('accountGroups.delete.losesRole', { name: '地域只读管理员' }));
  await dialog.getByRole('button', { name: callWord('accountGroup.delete'), exact: true }).click();
  await expect(page).toHaveURL(/\/account-groups$/u);
  await expect
    .poll(async () => (await admin.api.account.effective({ id })).permissions.includes('host:read'))
    .toBe(false);
});

test('[IAM-05] nobody gives away what he does not have: the refusal names the permission at the roles', async ({
  browser,
  admin,
  keeper,
}) => {
  const name = fresh('desk');
  const role = await admin.api.role.create({
    name,
    level: 'system',
    permissions: ['account:read', 'account:create', 'role:read', 'region:read'],
  });
  keeper.later(() => admin.api.role.delete({ id: roleId.parse(role.id) }));
  const email = `${name}@basalt.test`;
  const { account } = await admin.api.account.create({
    email,
    name,
    level: 'system',
    bindings: [{ role: role.id }],
    password: freshPassword(),
    mustChangePassword: false,
  });
  keeper.later(() => admin.api.account.delete({ id: account.id }));
  const context = await browser.newContext({ baseURL: url, locale: 'zh-CN', viewport: { width: 1440, height: 900 } });
  try {
    await contextSignIn(context, { session: await sessionIssue(email) });
    const list = new AccountsPage(await context.newPage());
    await list.open();
    await list.create(`${fresh('too-much')}@basalt.test`, '越权', '地域管理员');
    await expect(
      list.drawer
        .getByRole('alert')
        .filter({ hasText: /不能授予自己没有的权限/u })
        .first(),
    ).toBeVisible();
    await expect(list.drawer.getByRole('textbox', { name: zh('accounts.fields.name') })).toHaveValue('越权');
  } finally {
    await context.close();
  }
});

test('[IAM-22] a role that is narrowed to one machine shows and moves that one only', async ({
  page,
  browser,
  admin,
  keeper,
}) => {
  const [near, far] = await vmsRunning(admin.api, keeper, 2);
  if (!near || !far) throw new Error('two VMs were asked for');
  const account = await accountCreate('regionReadonly');
  const id = (await admin.api.account.list({ search: account.email })).items[0]?.id as AccountId;
  const view = new AccountPage(page);
  await view.open(id);
  await view.button('account.bindRoles').click();
  const drawer = page.getByRole('dialog');
  await choose(page, drawer.getByRole('combobox', { name: zh('accounts.bindings.role', { number: 1 }) }), '地域管理员');
  await drawer.getByText(zh('accounts.scope.chosen'), { exact: true }).click();
  const machines = drawer.getByRole('combobox', { name: zh('accounts.scope.vmsOf', { name: '地域管理员' }) });
  await machines.fill(near.name);
  await page
    .locator('.ant-select-dropdown')
    .getByText(near.name, { exact: true })
    .filter({ visible: true })
    .last()
    .click();
  await drawer.getByRole('button', { name: zh('common.save') }).click();
  await expect(drawer).toBeHidden();
  expect((await admin.api.account.get({ id })).bindings).toMatchObject([
    { role: 'regionAdmin', scope: { vms: [near.id], hosts: [], clusters: [] } },
  ]);

  const context = await browser.newContext({ baseURL: url, locale: 'zh-CN', viewport: { width: 1440, height: 900 } });
  try {
    await contextSignIn(context, { session: await sessionIssue(account.email) });
    const other = await context.newPage();
    const list = new VmListPage(other);
    await list.open();
    await expect(list.row(near.name)).toBeVisible();
    await expect(list.row(far.name)).toBeHidden();
    const one = new VmPage(other);
    await one.open(near.id);
    await one.shows('running');
    await expect(one.toolbar.getByRole('button', { name: vmActionWord('reboot'), exact: true })).toHaveAttribute(
      'aria-disabled',
      'false',
    );
  } finally {
    await context.close();
  }
});
