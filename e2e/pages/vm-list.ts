import { expect, type Locator, type Page } from '@playwright/test';
import { paths } from '../../apps/console/src/paths.ts';
import { region } from '../platform.ts';
import { zh } from '../words.ts';

/** The list of virtual machines. */
export class VmListPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async open(): Promise<void> {
    await this.page.goto(paths.vms(region));
    await expect(this.page.getByRole('heading', { level: 1, name: zh('vm.list') })).toBeVisible();
  }

  get search(): Locator {
    return this.page.getByRole('textbox', { name: zh('common.table.search') });
  }

  row(name: string): Locator {
    return this.page.getByRole('row').filter({ has: this.page.getByRole('link', { name, exact: true }) });
  }

  /** Narrows the list to names that hold the text. */
  async find(text: string): Promise<void> {
    await this.search.fill(text);
    await this.search.press('Enter');
    await expect(this.page).toHaveURL(new RegExp(`=${text}`, 'u'));
  }
}
