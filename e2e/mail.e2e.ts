import type { Page } from '@playwright/test';
import { paths } from '../apps/console/src/paths.ts';
import { contextSignIn, expect, test } from './fixtures.ts';
import { mailSink, mailThrough } from './mail-sink.ts';
import { fresh, region } from './platform.ts';
import { zh } from './words.ts';

/** A field by its name; what must be filled in carries a star that is no part of it. */
const field = (page: Page, key: string) =>
  page.getByRole(key === 'port' ? 'spinbutton' : 'textbox', { name: zh(`mail.fields.${key}`), exact: true }).first();
const password = (page: Page) => page.getByLabel(zh('mail.fields.password'), { exact: true });

async function open(page: Page): Promise<void> {
  await page.goto(paths.mail(region));
  await expect(page.getByRole('heading', { level: 1, name: zh('mail.title') })).toBeVisible();
  await expect(field(page, 'host')).toBeVisible();
}

test('[SET-01] mail is set up, tried with a readable verdict, and its password is never shown again', async ({
  page,
  admin,
  keeper,
}) => {
  const right = fresh('secret');
  const sink = await mailSink({
    authMethods: ['PLAIN', 'LOGIN'],
    allowInsecureAuth: true,
    authOptional: false,
    onAuth: ({ username, password }, _session, done) =>
      username === 'ops' && password === right
        ? done(null, { user: 'ops' })
        : done(new Error('535 5.7.8 authentication failed')),
  });
  keeper.later(sink.close);
  keeper.later(await mailThrough(admin.api, sink));
  await open(page);

  await test.step('the form is tried before it is stored; a wrong password stops at signing in, in the server’s words', async () => {
    await field(page, 'user').fill('ops');
    await page.getByRole('button', { name: zh('mail.passwordSet') }).click();
    await password(page).fill('wrong');
    await page.getByRole('textbox', { name: zh('mail.test.to'), exact: true }).fill('keeper@basalt.test');
    await page.getByRole('button', { name: zh('mail.test.send') }).click();
    await expect(page.getByText(zh('mail.test.stopped', { stage: zh('mail.test.stages.auth') }))).toBeVisible({
      timeout: 30_000,
    });
    const stages = page.getByRole('list', { name: zh('mail.test.title') }).getByRole('listitem');
    await expect(stages).toHaveCount(8);
    await expect(stages.filter({ has: page.getByRole('img', { name: zh('mail.test.tones.err') }) })).toHaveText(
      zh('mail.test.stages.auth'),
    );
    await expect(page.getByLabel(zh('mail.test.answer'))).toContainText('535');
    expect(sink.mails).toEqual([]);
  });
  await test.step('with the right one it is stored, and only said to be set', async () => {
    await password(page).fill(right);
    await page.getByRole('button', { name: zh('common.save'), exact: true }).click();
    await expect(page.getByText(zh('mail.saved'))).toBeVisible();
    await expect(page.getByText(zh('mail.passwordIsSet'), { exact: true })).toBeVisible();
    await page.reload();
    await expect(page.getByText(zh('mail.passwordIsSet'), { exact: true })).toBeVisible();
    expect(await page.content()).not.toContain(right);
    expect(JSON.stringify(await admin.api.mail.get({}))).not.toContain(right);
  });
  await test.step('a mail really arrives', async () => {
    await page.getByRole('textbox', { name: zh('mail.test.to'), exact: true }).fill('keeper@basalt.test');
    await page.getByRole('button', { name: zh('mail.test.send') }).click();
    await expect(page.getByText(zh('mail.test.sent', { to: 'keeper@basalt.test' }))).toBeVisible({ timeout: 30_000 });
    expect(sink.mails.map(({ to }) => to)).toEqual([['keeper@basalt.test']]);
    expect(sink.mails[0]?.subject).toContain('[e2e]');
  });
});

test('[SET-01] what cannot be sent is found at its field, and leaving with changes asks first', async ({ page }) => {
  await open(page);
  await field(page, 'host').fill('not a host');
  await field(page, 'port').fill('70000');
  await page.getByRole('button', { name: zh('common.save'), exact: true }).click();
  await expect(page.getByRole('alert').filter({ hasText: '应为主机名或 IP 地址' })).toBeVisible();
  await expect(field(page, 'host')).toBeFocused();
  await page
    .getByRole('link', { name: zh('shell.nav.overview') })
    .first()
    .click();
  const ask = page.getByRole('dialog', { name: zh('loginPolicy.unsaved.title') });
  await ask.getByRole('button', { name: zh('loginPolicy.unsaved.stay') }).click();
  await expect(field(page, 'host')).toHaveValue('not a host');
  await page
    .getByRole('link', { name: zh('shell.nav.overview') })
    .first()
    .click();
  await ask.getByRole('button', { name: zh('loginPolicy.unsaved.leave') }).click();
  await expect(page).toHaveURL(/\/overview$/u);
});

test.describe('whoever may only look', () => {
  test.use({ as: 'nobody' });
  test('[SET-01] sees the mail settings and is told which permissions are missing', async ({
    page,
    context,
    reader,
  }) => {
    await contextSignIn(context, reader);
    await open(page);
    await expect(field(page, 'host')).toBeDisabled();
    for (const [name, permission] of [
      [zh('common.save'), 'mail:update'],
      [zh('mail.test.send'), 'mail:test'],
    ] as const) {
      const button = page.getByRole('main').getByRole('button', { name, exact: true });
      await expect(button).toHaveAttribute('aria-disabled', 'true');
      await expect(button).toHaveAccessibleDescription(new RegExp(`需要权限 ${permission}`, 'u'));
    }
  });
});
