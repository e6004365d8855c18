import { expect, type Locator, type Page } from '@playwright/test';
import { operationTable } from '@basalt/contract';
import { paths } from '../../apps/console/src/paths.ts';
import { region } from '../platform.ts';
import { zh } from '../words.ts';

type CallKey = keyof typeof operationTable;

/** What the buttons of a call say: the name of its operation. */
export const callWord = (key: CallKey): string => operationTable[key].label['zh-CN'];

/** Presses an entry of the open menu. */
export const menuPress = async (page: Page, words: string): Promise<void> => {
  await page.getByRole('menuitem', { name: words }).filter({ visible: true }).click();
};

/** Chooses what a select offers; people press the text, the role of an option is for screen readers. */
export async function choose(page: Page, select: Locator, words: string): Promise<void> {
  await select.click();
  await page.locator('.ant-select-dropdown').getByText(words, { exact: true }).filter({ visible: true }).last().click();
}

/** The list of accounts and the drawer that makes one. */
export class AccountsPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async open(): Promise<void> {
    await this.page.goto(paths.accounts(region));
    await expect(this.page.getByRole('heading', { level: 1, name: zh('accounts.title'), exact: true })).toBeVisible();
  }

  row(email: string): Locator {
    return this.page.getByRole('row').filter({ has: this.page.getByRole('link', { name: email, exact: true }) });
  }

  async find(text: string): Promise<void> {
    const search = this.page.getByRole('textbox', { name: zh('common.table.search') });
    await search.fill(text);
    await search.press('Enter');
    await expect(this.page).toHaveURL(new RegExp(`=${text.replace('@', '(?:@|%40)')}`, 'u'));
  }

  get drawer(): Locator {
    return this.page.getByRole('dialog', { name: callWord('account.create') });
  }

  /** Fills the drawer; the password is the platform's. */
  async create(email: string, name: string, role: string): Promise<void> {
    await this.page
      .getByRole('main')
      .getByRole('button', { name: callWord('account.create') })
      .first()
      .click();
    await this.drawer.getByRole('textbox', { name: zh('accounts.fields.email') }).fill(email);
    await this.drawer.getByRole('textbox', { name: zh('accounts.fields.name') }).fill(name);
    await choose(
      this.page,
      this.drawer.getByRole('combobox', { name: zh('accounts.bindings.role', { number: 1 }) }),
      role,
    );
    await this.submit();
  }

  async submit(): Promise<void> {
    await this.drawer.getByRole('button', { name: callWord('account.create') }).click();
  }

  /** Reads the password that is shown this once, and closes. */
  async secret(email: string): Promise<string> {
    const dialog = this.page.getByRole('dialog', { name: zh('accounts.secret.title', { email }) });
    await expect(dialog).toBeVisible();
    const password = (await dialog.locator('code').textContent()) ?? '';
    await dialog.getByRole('button', { name: zh('accounts.secret.done') }).click();
    await expect(dialog).toBeHidden();
    return password;
  }
}

/** The page of one account. */
export class AccountPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async open(id: string, tab?: 'permissions' | 'keys' | 'log'): Promise<void> {
    await this.page.goto(`${paths.account(region, id)}${tab === undefined ? '' : `?tab=${tab}`}`);
    await expect(this.page.getByRole('heading', { level: 1 })).toBeVisible();
  }

  button(key: CallKey): Locator {
    return this.page.getByRole('main').getByRole('button', { name: callWord(key), exact: true });
  }

  /** Presses an action of the head and confirms it. */
  async confirm(key: CallKey): Promise<void> {
    await this.button(key).click();
    await this.page
      .getByRole('dialog')
      .getByRole('button', { name: callWord(key), exact: true })
      .click();
  }
}
