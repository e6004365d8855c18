import { createHash, createHmac, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { BrowserContext, Page } from '@playwright/test';
import { paths } from '../apps/console/src/paths.ts';
import { contextSignIn, expect, test } from './fixtures.ts';
import { mailSink, mailThrough } from './mail-sink.ts';
import { SignInPage } from './pages/sign-in.ts';
import { accountCreate, apiWith, fresh, region, sessionIssue, url, type Account } from './platform.ts';
import { totpCode } from './totp.ts';
import { zh } from './words.ts';

test.use({ as: 'nobody' });

interface Me extends Account {
  readonly session: string;
}

async function meOpen(page: Page, context: BrowserContext, tab = ''): Promise<Me> {
  const account = await accountCreate('systemAdmin');
  const me = { ...account, session: await sessionIssue(account.email) };
  await contextSignIn(context, me);
  await page.goto(`${paths.myAccount(region)}${tab}`);
  await expect(page.getByRole('heading', { level: 1, name: zh('myAccount.title') })).toBeVisible();
  return me;
}

/** A signed read as any program would make it; the status and the body of the answer. */
async function signedRead(path: string, publicKey: string, privateKey: string) {
  const time = Math.floor(Date.now() / 1000);
  const nonce = randomBytes(18).toString('base64url');
  const body = createHash('sha256').update('').digest('hex');
  const text = ['BASALT-HMAC-SHA256', 'GET', path, '', body, time, nonce].join('\n');
  const signature = createHmac('sha256', privateKey).update(text).digest('base64url');
  const answer = await fetch(new URL(path, url), {
    headers: {
      authorization: `Basalt-HMAC-SHA256 key=${publicKey}, time=${time}, nonce=${nonce}, signature=${signature}`,
    },
  });
  return { status: answer.status, body: await answer.text() };
}

test('[IAM-21] the own name is changed, language and theme are kept with the account', async ({ page, context }) => {
  const me = await meOpen(page, context);
  const name = fresh('林舒');
  await page.getByRole('button', { name: zh('myAccount.profile.nameEdit') }).click();
  const dialog = page.getByRole('dialog', { name: zh('myAccount.profile.nameEdit') });
  await dialog.getByRole('textbox', { name: zh('myAccount.profile.name') }).fill(name);
  await dialog.getByRole('button', { name: zh('common.save') }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('main').getByText(name).first()).toBeVisible();
  await page.getByRole('main').getByText(zh('shell.themes.dark'), { exact: true }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  const { call } = apiWith(me.session);
  await expect.poll(async () => (await call.session.current({})).theme).toBe('dark');
  expect((await call.myAccount.get({})).name).toBe(name);
});

test('[IAM-13] two-factor sign-in is turned on by QR code and check code; the recovery codes are shown until they are kept', async ({
  page,
  context,
}) => {
  const me = await meOpen(page, context);
  await page.getByRole('button', { name: zh('myAccount.totp.enable') }).click();
  const dialog = page.getByRole('dialog', { name: zh('myAccount.totp.enable') });
  await dialog.getByLabel(zh('myAccount.profile.passwordNow')).fill(me.password);
  await dialog.getByRole('button', { name: zh('myAccount.totp.continue') }).click();
  await expect(page.getByRole('img', { name: zh('myAccount.totp.qr') })).toBeVisible();
  const secret = (await page.getByRole('button', { name: zh('myAccount.totp.copySecret') }).textContent()) ?? '';
  const code = page.getByRole('textbox', { name: zh('myAccount.totp.check') });

  await test.step('a wrong code turns nothing on', async () => {
    await code.fill(String((Number(totpCode(secret)) + 7) % 1_000_000).padStart(6, '0'));
    await code.press('Enter');
    await expect(page.getByRole('alert').filter({ hasText: '验证码不正确或已使用' })).toBeVisible();
  });
  await code.fill(totpCode(secret));
  await code.press('Enter');
  const codes = page.getByRole('list', { name: zh('myAccount.totp.codes') }).getByRole('listitem');
  await expect(codes).toHaveCount(10);
  const shown = await codes.allTextContents();
  const finish = page.getByRole('button', { name: zh('myAccount.totp.finish') });
  await expect(finish).toHaveAccessibleDescription(zh('myAccount.totp.keptFirst'));
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: zh('myAccount.totp.download') }).click();
  const file = await readFile(await (await downloading).path(), 'utf8');
  for (const each of shown) expect(file).toContain(each.trim());
  await page.getByRole('checkbox', { name: zh('myAccount.totp.kept') }).check();
  await finish.click();
  await expect(page.getByText(zh('myAccount.totp.codesCount', { count: 10 }))).toBeVisible();

  await test.step('it is turned off by password and a recovery code', async () => {
    await page.getByRole('button', { name: zh('myAccount.totp.disable') }).click();
    const off = page.getByRole('dialog', { name: zh('myAccount.totp.disable') });
    await off.getByLabel(zh('myAccount.profile.passwordNow')).fill(me.password);
    await off.getByRole('textbox', { name: zh('myAccount.totp.codeOrRecovery') }).fill(shown[0]?.trim() ?? '');
    await off.getByRole('button', { name: zh('myAccount.totp.disable') }).click();
    await expect(page.getByRole('button', { name: zh('myAccount.totp.enable') })).toBeVisible();
  });
});

test('[IAM-21] the own sessions are named, and another one is ended', async ({ page, context }) => {
  const me = await meOpen(page, context);
  const other = await sessionIssue(me.email);
  const { call } = apiWith(other);
  await call.session.current({});
  await page.reload();
  const table = page.getByRole('table', { name: zh('myAccount.sessions.title') });
  await expect(table.getByRole('row').filter({ hasText: zh('myAccount.sessions.current') })).toHaveCount(1);
  await expect(table.getByRole('row')).toHaveCount(3);
  await table.getByRole('button', { name: /^结束 / }).click();
  await expect(table.getByRole('row')).toHaveCount(2);
  await expect(call.session.current({})).rejects.toMatchObject({ code: 'sessionEnded' });
});

test('[IAM-15] an API key is made, its private half is seen once and signs; it is paused and deleted', async ({
  page,
  context,
}) => {
  await meOpen(page, context, '?tab=keys');
  const name = fresh('ci');
  await page.getByRole('button', { name: zh('myAccount.keys.create'), exact: true }).click();
  const drawer = page.getByRole('dialog', { name: zh('myAccount.keys.createTitle') });
  await drawer.getByRole('button', { name: zh('myAccount.keys.create'), exact: true }).click();
  await expect(drawer.getByRole('textbox', { name: zh('myAccount.keys.name') })).toBeFocused();
  await drawer.getByRole('textbox', { name: zh('myAccount.keys.name') }).fill(name);
  await drawer.getByRole('textbox', { name: zh('myAccount.keys.name') }).press('Enter');
  await expect(page.getByRole('heading', { name: zh('myAccount.keys.madeTitle', { name }) })).toBeVisible();
  const read = async (label: string) =>
    (await page.getByLabel(label, { exact: true }).first().textContent())?.trim() ?? '';
  const publicKey = await read(zh('myAccount.keys.publicKey'));
  const privateKey = await read(zh('myAccount.keys.privateKey'));
  await expect(page.getByLabel(zh('myAccount.keys.example'))).toContainText(publicKey);
  await expect(page.getByLabel(zh('myAccount.keys.example'))).not.toContainText(privateKey);
  expect((await signedRead('/api/v1/session', publicKey, privateKey)).status).toBe(200);

  await page.getByRole('checkbox', { name: zh('myAccount.keys.kept') }).check();
  await page.getByRole('button', { name: zh('myAccount.keys.done') }).click();
  await page.reload();
  const row = page.getByRole('row').filter({ hasText: name });
  await expect(row).toContainText(publicKey);
  expect(await page.content()).not.toContain(privateKey);

  await row.hover();
  await page.getByRole('button', { name: zh('myAccount.keys.disableOne', { name }) }).click();
  await expect(row).toContainText(zh('myAccount.keys.stateOff'));
  expect((await signedRead('/api/v1/session', publicKey, privateKey)).status).toBe(401);
  await page.getByRole('button', { name: zh('myAccount.keys.deleteOne', { name }) }).click();
  const dialog = page.getByRole('dialog', { name: zh('myAccount.keys.deleteTitle', { name }) });
  await dialog.getByRole('button', { name: zh('myAccount.keys.delete') }).click();
  await expect(row).toHaveCount(0);
});

test('[IAM-15] a key is narrowed to chosen permissions', async ({ page, context }) => {
  const me = await meOpen(page, context, '?tab=keys');
  const name = fresh('reader');
  await page.getByRole('button', { name: zh('myAccount.keys.create'), exact: true }).click();
  const drawer = page.getByRole('dialog', { name: zh('myAccount.keys.createTitle') });
  await drawer.getByRole('textbox', { name: zh('myAccount.keys.name') }).fill(name);
  await drawer.getByText(zh('myAccount.keys.narrow'), { exact: true }).click();
  await drawer.getByRole('button', { name: zh('myAccount.keys.create'), exact: true }).click();
  await expect(drawer.getByText(zh('myAccount.keys.choose'))).toBeVisible();
  const picker = drawer.getByRole('combobox');
  await picker.fill('查看虚拟机');
  await page.getByRole('treeitem', { name: '查看虚拟机' }).first().click();
  await picker.press('Escape');
  await drawer.getByRole('button', { name: zh('myAccount.keys.create'), exact: true }).click();
  await expect(page.getByRole('heading', { name: zh('myAccount.keys.madeTitle', { name }) })).toBeVisible();
  const { items } = await apiWith(me.session).call.myAccount.apiKeys({});
  expect(items.find((key) => key.name === name)?.permissions).toContain('vm:read');
  expect(items.find((key) => key.name === name)?.permissions?.length).toBeLessThan(5);
});

test('[IAM-21] my roles and my operations are my own', async ({ page, context }) => {
  const me = await meOpen(page, context, '?tab=roles');
  await expect(page.getByRole('table', { name: zh('myAccount.roles.title') })).toContainText('系统管理员');
  await apiWith(me.session).call.myAccount.update({ name: fresh('me') });
  await page.getByRole('link', { name: zh('myAccount.tabs.log') }).click();
  const table = page.getByRole('table', { name: zh('operationLog.title') });
  await expect(table.getByRole('row').filter({ hasText: '修改我的账号' }).first()).toBeVisible();
  await expect(table.getByRole('columnheader', { name: zh('operationLog.columns.account') })).toHaveCount(0);
});

test('[IAM-14] a new e-mail address counts once its own link is opened', async ({ page, context, admin, keeper }) => {
  const sink = await mailSink();
  keeper.later(sink.close);
  keeper.later(await mailThrough(admin.api, sink));
  const me = await meOpen(page, context);
  const next = `${fresh('new')}@basalt.test`;
  await page.getByRole('button', { name: zh('myAccount.profile.emailEdit') }).click();
  const dialog = page.getByRole('dialog', { name: zh('myAccount.profile.emailEdit') });
  await dialog.getByRole('textbox', { name: zh('myAccount.profile.emailNew') }).fill(next);
  await dialog.getByLabel(zh('myAccount.profile.passwordNow')).fill(me.password);
  await dialog.getByRole('button', { name: zh('myAccount.profile.emailSend') }).click();
  await expect(page.getByText(zh('myAccount.profile.pending'))).toBeVisible();
  await expect.poll(() => sink.mails.some(({ to }) => to[0] === next)).toBe(true);
  const text = sink.mails.find(({ to }) => to[0] === next)?.text ?? '';
  await page.goto(/https?:\/\/\S+#token=[\w-]+/u.exec(text)?.[0] ?? '');
  await page.getByRole('button', { name: zh('auth.confirmEmail.submit') }).click();
  await expect(page.getByText(zh('auth.confirmEmail.done', { email: next }))).toBeVisible();
  await context.clearCookies({ name: 'basalt_session' });
  const form = new SignInPage(page);
  await form.open();
  await form.submit(next, me.password);
  await expect(page).toHaveURL(/\/overview$/u);
});
