import { expect, type Locator, type Page } from '@playwright/test';
import { paths } from '../../apps/console/src/paths.ts';
import { region } from '../platform.ts';
import { zh } from '../words.ts';

/** The list of images with its drawer for uploads. */
export class ImagesPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async open(): Promise<void> {
    await this.page.goto(paths.images(region));
    await expect(this.page.getByRole('heading', { level: 1, name: zh('images.title') })).toBeVisible();
  }

  row(name: string): Locator {
    return this.page.getByRole('row').filter({ has: this.page.getByRole('link', { name, exact: true }) });
  }

  /** Chooses a file on this machine, names the image and begins. */
  async upload(file: string, name: string): Promise<void> {
    await this.page
      .getByRole('button', { name: zh('images.upload.open'), exact: true })
      .first()
      .click();
    const drawer = this.page.getByRole('dialog', { name: zh('images.upload.title') });
    const asked = this.page.waitForEvent('filechooser');
    await drawer.getByRole('button', { name: zh('images.upload.file') }).click();
    await (await asked).setFiles(file);
    await drawer.getByRole('textbox', { name: zh('images.columns.name'), exact: true }).fill(name);
    await drawer.getByRole('button', { name: zh('images.upload.submit'), exact: true }).click();
    await expect(drawer).toBeHidden();
  }
}
