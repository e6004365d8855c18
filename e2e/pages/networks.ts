import { expect, type Locator, type Page } from '@playwright/test';
import { paths } from '../../apps/console/src/paths.ts';
import { region } from '../platform.ts';
import { zh } from '../words.ts';

/** The list of networks with its drawer for a new one. */
export class NetworksPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async open(): Promise<void> {
    await this.page.goto(paths.networks(region));
    await expect(this.page.getByRole('heading', { level: 1, name: zh('networks.title') })).toBeVisible();
  }

  row(name: string): Locator {
    return this.page.getByRole('row').filter({ has: this.page.getByRole('link', { name, exact: true }) });
  }

  get drawer(): Locator {
    return this.page.getByRole('dialog', { name: zh('networks.create.title') });
  }

  field(key: 'name' | 'cidr' | 'gateway'): Locator {
    return this.drawer.getByRole('textbox', { name: zh(`networks.columns.${key}`), exact: true });
  }

  get vlan(): Locator {
    return this.drawer.getByRole('spinbutton', { name: zh('networks.columns.vlan'), exact: true });
  }

  async fill(values: { name: string; vlan: number; cidr: string }): Promise<void> {
    await this.page
      .getByRole('button', { name: zh('networks.create.open'), exact: true })
      .first()
      .click();
    await this.field('name').fill(values.name);
    await this.vlan.fill(String(values.vlan));
    await this.field('cidr').fill(values.cidr);
  }

  submit(): Promise<void> {
    return this.drawer.getByRole('button', { name: zh('networks.create.submit'), exact: true }).click();
  }
}
