import { expect, test } from './fixtures.ts';
import { SignInPage } from './pages/sign-in.ts';
import { accountCreate, fresh, freshPassword } from './platform.ts';

test.use({ as: 'nobody' });

const wrong = '邮箱或密码不正确';

test('[IAM-01] a wrong password stays on the page and says the same as an unknown account', async ({ page }) => {
  const account = await accountCreate('vmOperator');
  const form = new SignInPage(page);
  await form.open();
  await form.submit(account.email, freshPassword());
  await expect(page.getByText(wrong)).toBeVisible();
  await expect(page).toHaveURL(/\/sign-in$/u);
  await expect(form.email).toHaveValue(account.email);
  await expect(form.password).toHaveValue('');
  await expect(form.password).toBeFocused();

  await form.submit(`${fresh('nobody')}@basalt.test`, freshPassword());
  await expect(form.password).toHaveValue('');
  await expect(page.getByText(wrong)).toBeVisible();

  await form.submit(account.email, account.password);
  await expect(page).toHaveURL(/\/r\/[^/]+\/overview$/u);
});

test('[IAM-01] after five wrong passwords even the right one waits, for an unknown account too', async ({ page }) => {
  const account = await accountCreate('vmOperator');
  const form = new SignInPage(page);
  await form.open();
  for (const email of [account.email, `${fresh('nobody')}@basalt.test`]) {
    for (let tries = 1; tries <= 5; tries += 1) {
      const answered = page.waitForResponse((response) => response.url().includes('session.signIn'));
      await form.submit(email, freshPassword());
      expect((await answered).status(), `try ${tries} of ${email}`).toBe(401);
      await expect(page.getByText(wrong)).toBeVisible();
    }
    await form.submit(email, account.password);
    await expect(page.getByText(/尝试次数过多，请于 \d+ 分钟后再试/u)).toBeVisible();
    await expect(page).toHaveURL(/\/sign-in$/u);
  }
});

test('[IAM-01] an empty form says what is missing at its fields and asks nothing of the platform', async ({ page }) => {
  const form = new SignInPage(page);
  await form.open();
  let asked = 0;
  page.on('request', (request) => {
    if (request.url().includes('session.signIn')) asked += 1;
  });
  await page.getByRole('button', { name: '登录' }).click();
  await expect(page.getByText('请输入邮箱')).toBeVisible();
  await expect(page.getByText('请输入密码')).toBeVisible();
  await expect(form.email).toBeFocused();
  await form.submit('not an address', 'x');
  await expect(page.getByText('邮箱格式不正确，例如 ops@example.com')).toBeVisible();
  expect(asked).toBe(0);
});

test('[IAM-01] whoever is not signed in is led to the sign-in page and back to where he wanted', async ({ page }) => {
  const account = await accountCreate('systemAdmin');
  await page.goto('/r/region-1/hosts?page=1');
  await expect(page).toHaveURL(/\/sign-in\?next=/u);
  await new SignInPage(page).submit(account.email, account.password);
  await expect(page).toHaveURL(/\/r\/region-1\/hosts/u);
});

test('[IAM-01] a page whose script is late offers no form that would forget what is typed or put it into the address', async ({
  page,
}) => {
  const account = await accountCreate('systemAdmin');
  const held = Promise.withResolvers<undefined>();
  await page.route(/\/_next\/static\/.*\.js/u, async (route) => {
    await held.promise;
    await route.continue();
  });
  await page.goto('/sign-in', { waitUntil: 'commit' });
  await expect(page.getByText('玄武').first()).toBeVisible();
  const form = new SignInPage(page);
  await expect(form.password).toHaveCount(0);
  held.resolve(undefined);
  await form.submit(account.email, account.password);
  await expect(page).toHaveURL(/\/r\/[^/]+\/overview$/u);
});
