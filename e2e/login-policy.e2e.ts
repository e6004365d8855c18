import type { Page } from '@playwright/test';
import { paths } from '../apps/console/src/paths.ts';
import { contextSignIn, expect, test } from './fixtures.ts';
import { region, type Api } from './platform.ts';
import { zh } from './words.ts';

const field = (page: Page, key: string) =>
  page.getByRole('spinbutton', { name: zh(`loginPolicy.fields.${key}`), exact: true });
const save = (page: Page) => page.getByRole('main').getByRole('button', { name: zh('common.save'), exact: true });

async function open(page: Page): Promise<void> {
  await page.goto(paths.loginPolicy(region));
  await expect(page.getByRole('heading', { level: 1, name: zh('loginPolicy.title') })).toBeVisible();
  await expect(field(page, 'password_minLength')).toBeVisible();
}

/** Puts the policy back as it was, whatever the test did. */
async function policyKeep(api: Api): Promise<() => Promise<void>> {
  const { dutySeparation, version: _v, updatedAt: _a, updatedBy: _b, ...values } = await api.loginPolicy.get({});
  return async () => {
    const now = await api.loginPolicy.get({});
    if (now.dutySeparation !== dutySeparation) await api.loginPolicy.setDutySeparation({ enabled: dutySeparation });
    const { version } = await api.loginPolicy.get({});
    await api.loginPolicy.update({ ...values, version });
  };
}

test('[SET-05][IAM-07] a change of the policy says what follows, is saved and holds at once', async ({
  page,
  admin,
  keeper,
}) => {
  keeper.later(await policyKeep(admin.api));
  await open(page);
  await expect(save(page)).toHaveAttribute('aria-disabled', 'true');
  await field(page, 'password_minLength').fill('12');
  const aside = page.getByRole('complementary', { name: zh('loginPolicy.aside.title') });
  await expect(aside).toContainText('→ 12');
  await expect(aside).toContainText(zh('loginPolicy.effects.tighter'));
  await save(page).click();
  await expect(page.getByText(zh('loginPolicy.saved'))).toBeVisible();
  await expect(aside).toContainText(zh('loginPolicy.aside.none'));
  expect((await admin.api.platform.info({})).passwordPolicy.minLength).toBe(12);
  await page.reload();
  await expect(field(page, 'password_minLength')).toHaveValue('12');
});

test('[SET-05] a value outside its bounds is refused at its field, with the bounds', async ({ page, admin }) => {
  const before = await admin.api.loginPolicy.get({});
  await open(page);
  await expect(page.getByText('3–10 次')).toBeVisible();
  await field(page, 'lockout_attempts').fill('11');
  await save(page).click();
  await expect(page.getByRole('alert').filter({ hasText: /10/u }).first()).toBeVisible();
  await expect(field(page, 'lockout_attempts')).toBeFocused();
  await page.getByRole('button', { name: zh('loginPolicy.discard') }).click();
  await expect(field(page, 'lockout_attempts')).toHaveValue(String(before.lockout.attempts));
  expect((await admin.api.loginPolicy.get({})).version).toBe(before.version);
});

test('[SET-05] what somebody else changed meanwhile is not overwritten', async ({ page, admin, keeper }) => {
  keeper.later(await policyKeep(admin.api));
  await open(page);
  await field(page, 'session_idleMinutes').fill('45');
  const { dutySeparation: _d, updatedAt: _a, updatedBy: _b, ...values } = await admin.api.loginPolicy.get({});
  await admin.api.loginPolicy.update({ ...values, apiKeysPerAccount: 7 });
  await save(page).click();
  await page.getByRole('button', { name: zh('loginPolicy.readAgain') }).click();
  await expect(field(page, 'apiKeysPerAccount')).toHaveValue('7');
  await expect(field(page, 'session_idleMinutes')).toHaveValue(String(values.session.idleMinutes));
});

test('[IAM-18] separation of duties says what it does before it is turned on', async ({ page, admin, keeper }) => {
  keeper.later(await policyKeep(admin.api));
  await open(page);
  await page.getByRole('button', { name: zh('loginPolicy.duty.turnOn') }).click();
  const dialog = page.getByRole('dialog', { name: zh('loginPolicy.duty.turnOnTitle') });
  await expect(dialog).toContainText(zh('loginPolicy.duty.does.dutySecurityAdmin'));
  await expect(dialog).toContainText(zh('loginPolicy.duty.does.dutyAuditAdmin'));
  await expect(dialog).not.toContainText(zh('loginPolicy.duty.looking'));
  await dialog.getByRole('button', { name: zh('common.cancel') }).click();
  await expect(dialog).toBeHidden();
  expect((await admin.api.loginPolicy.get({})).dutySeparation).toBe(false);
});

test('[SET-05] leaving with changes that are not saved asks first', async ({ page }) => {
  await open(page);
  await field(page, 'password_expiryDays').fill('30');
  await page
    .getByRole('link', { name: zh('shell.nav.overview') })
    .first()
    .click();
  const ask = page.getByRole('dialog', { name: zh('loginPolicy.unsaved.title') });
  await ask.getByRole('button', { name: zh('loginPolicy.unsaved.stay') }).click();
  await expect(field(page, 'password_expiryDays')).toHaveValue('30');
  await page.getByRole('button', { name: zh('loginPolicy.discard') }).click();
  await page
    .getByRole('link', { name: zh('shell.nav.overview') })
    .first()
    .click();
  await expect(page).toHaveURL(/\/overview$/u);
});

test.describe('whoever may only look', () => {
  test.use({ as: 'nobody' });
  test('[SET-05] sees the policy and is told which permission is missing', async ({ page, context, reader }) => {
    await contextSignIn(context, reader);
    await open(page);
    await expect(field(page, 'password_minLength')).toBeDisabled();
    await expect(save(page)).toHaveAccessibleDescription(/需要权限 loginPolicy:update/u);
    await expect(page.getByRole('button', { name: zh('loginPolicy.duty.turnOn') })).toHaveAccessibleDescription(
      /需要权限 loginPolicy:setDutySeparation/u,
    );
  });
});
