import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { paths } from '../apps/console/src/paths.ts';
import { contextSignIn, expect, test } from './fixtures.ts';
import { fresh, region } from './platform.ts';
import { zh } from './words.ts';

/** The head that stays while rows scroll is a table of its own; rows are in the other. */
const table = (page: Page) => page.getByRole('table', { name: zh('operationLog.title') }).last();

async function open(page: Page, query = ''): Promise<void> {
  await page.goto(`${paths.operationLog(region)}${query}`);
  await expect(page.getByRole('heading', { level: 1, name: zh('operationLog.title') })).toBeVisible();
}

test('[AUD-01] a change is in the log with who, from where and what was before and after', async ({ page, admin }) => {
  const name = fresh('logged');
  const { id } = await admin.api.notificationGroup.create({ name, emails: ['one@basalt.test'] });
  await admin.api.notificationGroup.update({ id, name, emails: ['two@basalt.test'] });
  await admin.api.notificationGroup.delete({ id });
  await open(page, `?q=${encodeURIComponent(name)}`);
  await expect(table(page).getByRole('row').filter({ hasText: name })).toHaveCount(3);
  const row = table(page).getByRole('row').filter({ hasText: '修改通知组' });
  await expect(row).toContainText(zh('operationLog.results.succeeded'));
  const panel = page.getByRole('dialog', { name: '修改通知组' });
  await row.getByRole('link').first().click();
  await expect(panel).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(panel).toBeHidden();
  await row.getByRole('link').first().click();
  const changes = panel.getByRole('table', { name: zh('operationLog.changes') });
  await expect(changes).toContainText('one@basalt.test');
  await expect(changes).toContainText('two@basalt.test');
  await expect(panel.getByText(zh('common.requestId'))).toBeVisible();
  await test.step('the neighbours are one press away, and closing leaves the list', async () => {
    await panel.getByRole('button', { name: zh('operationLog.older') }).click();
    await expect(page.getByRole('dialog', { name: '创建通知组' })).toBeVisible();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: zh('common.close') })
      .click();
    await expect(page.getByRole('dialog')).toBeHidden();
    await expect(row).toBeVisible();
  });
});

test('[AUD-02] the log is narrowed by module, result and time, and the conditions stand in the address', async ({
  page,
  admin,
}) => {
  await expect(admin.api.notificationGroup.delete({ id: '6f2b3c1e-6a52-4c0c-9d7a-0d4d8a1b2c3d' })).rejects.toThrow();
  await open(page);
  await page.getByRole('button', { name: zh('operationLog.results.failed') }).click();
  await page.getByRole('button', { name: zh('operationLog.spans.hour') }).click();
  await expect(page).toHaveURL(/f\.result=failed/u);
  await expect(page).toHaveURL(/f\.time=hour/u);
  await page.getByRole('button', { name: zh('operationLog.conditions') }).click();
  await page.getByRole('combobox', { name: zh('operationLog.columns.module') }).fill('通知组');
  await page
    .getByRole('option', { name: '通知组', exact: true })
    .or(page.getByTitle('通知组', { exact: true }))
    .last()
    .click();
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(/f\.module=notificationGroup/u);
  const rows = table(page).getByRole('row').filter({ hasText: '通知组' });
  await expect(rows.first()).toContainText(zh('operationLog.results.failed'));
  await expect(table(page).getByText(zh('operationLog.results.succeeded'), { exact: true })).toHaveCount(0);
  await page.reload();
  await expect(rows.first()).toBeVisible();
});

test('[AUD-04] the chain is verified from the page', async ({ page }) => {
  await open(page);
  await page.getByRole('button', { name: zh('operationLog.verify'), exact: true }).click();
  await expect(page.getByText(zh('operationLog.intact'))).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(zh('operationLog.entries'), { exact: true })).toBeVisible();
});

test('[AUD-02] what matches is downloaded as a workbook', async ({ page }) => {
  await open(page, '?f.time=hour');
  await expect(table(page)).toBeVisible();
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: zh('operationLog.export') }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toMatch(/\.xlsx$/u);
  // A workbook is a ZIP archive.
  expect((await readFile(await download.path())).subarray(0, 2).toString('latin1')).toBe('PK');
});

test('[AUD-03] a rule tells a notification group; a group in use is not deleted', async ({ page, admin, keeper }) => {
  const group = fresh('值班');
  const rule = fresh('失败');
  keeper.later(async () => {
    for (const found of (await admin.api.operationLog.rules({})).items)
      if (found.name === rule) await admin.api.operationLog.deleteRule({ id: found.id });
    for (const found of (await admin.api.notificationGroup.list({ limit: 200 })).items)
      if (found.name === group) await admin.api.notificationGroup.delete({ id: found.id });
  });
  await open(page, '?tab=groups');
  await page
    .getByRole('button', { name: zh('operationLog.groups.create') })
    .first()
    .click();
  const groupForm = page.getByRole('dialog', { name: zh('operationLog.groups.create') });
  await groupForm.getByRole('textbox', { name: zh('operationLog.groups.name') }).fill(group);
  await groupForm.getByRole('textbox', { name: zh('operationLog.groups.emails') }).fill('a@basalt.test, nobody');
  await groupForm.getByRole('button', { name: zh('operationLog.groups.create') }).click();
  await expect(groupForm.getByText(zh('operationLog.groups.wrongEmail', { email: 'nobody' }))).toBeVisible();
  await groupForm.getByRole('textbox', { name: zh('operationLog.groups.emails') }).fill('a@basalt.test, b@basalt.test');
  await groupForm.getByRole('button', { name: zh('operationLog.groups.create') }).click();
  await expect(page.getByRole('row').filter({ hasText: group })).toContainText('a@basalt.test, b@basalt.test');

  await page.getByRole('link', { name: zh('operationLog.tabs.rules') }).click();
  await page
    .getByRole('button', { name: zh('operationLog.rules.create') })
    .first()
    .click();
  const ruleForm = page.getByRole('dialog', { name: zh('operationLog.rules.create') });
  await ruleForm.getByRole('textbox', { name: zh('operationLog.rules.name') }).fill(rule);
  await ruleForm.getByRole('button', { name: zh('operationLog.rules.create') }).click();
  await expect(ruleForm.getByText(zh('operationLog.rules.groupMissing'))).toBeVisible();
  const picker = ruleForm.getByRole('combobox', { name: zh('operationLog.rules.group') });
  await picker.fill(group);
  await picker.press('Enter');
  await ruleForm.getByRole('button', { name: zh('operationLog.rules.create') }).click();
  const row = page.getByRole('row').filter({ hasText: rule });
  await expect(row).toContainText(group);
  await expect(row).toContainText(zh('operationLog.rules.results.failed'));

  await page.getByRole('link', { name: zh('operationLog.tabs.groups') }).click();
  const used = page.getByRole('button', { name: zh('operationLog.groups.deleteOne', { name: group }) });
  await expect(used).toHaveAccessibleDescription(zh('operationLog.groups.used', { count: 1 }));
});

test('[AUD-04] forwarding by syslog is set up and its state is said', async ({ page, admin, keeper }) => {
  const before = await admin.api.operationLog.syslog({});
  keeper.later(async () => {
    const { version } = await admin.api.operationLog.syslog({});
    const { host, port, transport, facility, ca } = before;
    await admin.api.operationLog.updateSyslog({
      enabled: before.enabled,
      host,
      port,
      transport,
      facility,
      ca,
      version,
    });
  });
  await open(page, '?tab=syslog');
  await page.getByRole('switch', { name: zh('operationLog.syslog.enabled') }).click();
  await page.getByRole('button', { name: zh('common.save'), exact: true }).click();
  await expect(page.getByText(zh('operationLog.syslog.hostMissing'))).toBeVisible();
  await page.getByRole('textbox', { name: zh('operationLog.syslog.host') }).fill('127.0.0.1');
  await page.getByLabel(zh('operationLog.syslog.port'), { exact: false }).first().fill('9');
  await page.getByText('TCP', { exact: true }).click();
  await page.getByRole('button', { name: zh('common.save'), exact: true }).click();
  await expect(page.getByText(zh('operationLog.syslog.saved'))).toBeVisible();
  await expect(page.getByText(zh('operationLog.syslog.states.err'))).toBeVisible({ timeout: 60_000 });
});

test.describe('whoever may not', () => {
  test.use({ as: 'nobody' });
  test('[AUD-04] an operator without the permission is told which one is missing', async ({
    page,
    context,
    reader,
  }) => {
    await contextSignIn(context, reader);
    await open(page);
    for (const [name, permission] of [
      [zh('operationLog.verify'), 'operationLog:verify'],
      [zh('operationLog.export'), 'operationLog:export'],
    ] as const)
      await expect(page.getByRole('button', { name, exact: true })).toHaveAccessibleDescription(
        new RegExp(`需要权限 ${permission}`, 'u'),
      );
    await page.getByRole('link', { name: zh('operationLog.tabs.rules') }).click();
    await expect(
      page.getByRole('button', { name: zh('operationLog.rules.create') }).first(),
    ).toHaveAccessibleDescription(/需要权限 operationLog:manageRules/u);
  });
});
