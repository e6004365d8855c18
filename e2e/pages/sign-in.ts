import { expect, type Page } from '@playwright/test';

/** The sign-in page, and the page on which the first sign-in ends. */
export class SignInPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async open(): Promise<void> {
    await this.page.goto('/sign-in');
    await expect(this.page.getByRole('heading', { name: '登录', level: 1 })).toBeVisible();
  }

  get email() {
    return this.page.getByRole('textbox', { name: '邮箱' });
  }

  get password() {
    return this.page.getByLabel('密码', { exact: true });
  }

  get message() {
    return this.page.getByRole('main').getByRole('alert');
  }

  async submit(email: string, password: string): Promise<void> {
    await this.email.fill(email);
    await this.password.fill(password);
    await this.page.getByRole('button', { name: '登录' }).click();
  }

  /** On the page that asks for a new password. */
  async change(current: string, next: string, again = next): Promise<void> {
    await this.page.getByLabel('当前密码', { exact: true }).fill(current);
    await this.page.getByLabel('新密码', { exact: true }).fill(next);
    await this.page.getByLabel('再次输入新密码', { exact: true }).fill(again);
    await this.page.getByRole('button', { name: '修改密码并继续' }).click();
  }
}
