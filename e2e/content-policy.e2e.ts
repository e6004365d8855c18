import { paths } from '../apps/console/src/paths.ts';
import { expect, test } from './fixtures.ts';
import { region } from './platform.ts';
import { zh } from './words.ts';

test('[BYD-13] nothing that the pages draw is refused by their own content policy', async ({ page }) => {
  const refused: string[] = [];
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) refused.push(message.text());
  });
  await page.goto(paths.overview(region));
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.getByRole('button', { name: new RegExp(`^${zh('shell.account')}`, 'u') }).click();
  await expect(page.getByRole('menuitem', { name: zh('shell.signOut') })).toBeVisible();
  await page.goto(paths.networkCreate(region));
  await expect(page.getByRole('dialog', { name: zh('networks.create.title') })).toBeVisible();
  expect(refused).toEqual([]);
});
