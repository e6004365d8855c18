/** Pictures of every page in both languages and both themes, for the README: taken from the running platform, never drawn. */
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { instanceRead } from '@basalt/lab';
import { gatewayCli, platformApi, type PlatformApi } from '../lib/api.ts';
import { checkout, home } from '../lib/paths.ts';
import { gatewayUrl, regionKey } from '../lib/processes.ts';
import { shotPages, type ShotPage } from '../lib/shot-pages.ts';
import { firstAccount } from './start.ts';

const locales = ['zh-CN', 'en-US'] as const;
const themes = ['light', 'dark'] as const;
const usual = '1440x900';
const largest = 200_000;

// Browser driver and picture library belong to packages of the workspace, not to the root.
const requireFrom = (directory: string) => createRequire(join(checkout, directory, 'package.json'));
interface Page {
  goto: (url: string, options: object) => Promise<unknown>;
  locator: (selector: string) => { first: () => { waitFor: (options: object) => Promise<void> } };
  waitForFunction: (script: string, arg: undefined, options: object) => Promise<unknown>;
  evaluate: (script: string) => Promise<unknown>;
  mouse: { move: (x: number, y: number) => Promise<void> };
  screenshot: (options: object) => Promise<Buffer>;
  close: () => Promise<void>;
}
interface Context {
  addCookies: (cookies: object[]) => Promise<void>;
  newPage: () => Promise<Page>;
  close: () => Promise<void>;
}
interface Playwright {
  chromium: {
    launch: (options: object) => Promise<{
      newContext: (options: object) => Promise<Context>;
      close: () => Promise<void>;
    }>;
  };
}

interface Sharp {
  (input: Buffer): { png: (options: object) => { toBuffer: () => Promise<Buffer> } };
}

/** Fewer colours until the picture is small; interfaces have few. */
async function small(picture: Buffer): Promise<Buffer> {
  const next = requireFrom('apps/console').resolve('next/package.json');
  const sharp = createRequire(next)('sharp') as Sharp;
  let best = picture;
  for (const colours of [256, 128, 64]) {
    // One after the other: each is tried only when the one before was too large.
    best = await sharp(picture).png({ palette: true, colours, effort: 10, compressionLevel: 9 }).toBuffer();
    if (best.length < largest) return best;
  }
  return best;
}

async function shoot(page: Page, origin: string, one: ShotPage, file: string): Promise<void> {
  await page.goto(origin + one.path, { waitUntil: 'load', timeout: 60_000 });
  await page.locator('main h1, main form').first().waitFor({ timeout: 30_000 });
  if (one.awaited !== undefined)
    await page
      .locator(one.awaited)
      .first()
      .waitFor({ timeout: 20_000 })
      .catch(() => undefined);
  // Nothing is being read any more: skeletons are gone and pictures stand.
  await page
    .waitForFunction(
      `document.querySelector('main [aria-busy="true"], main [role="status"][aria-label]') === null`,
      undefined,
      { timeout: 15_000 },
    )
    .catch(() => undefined);
  await page.evaluate('document.fonts.ready.then(() => undefined)');
  await page.mouse.move(0, 0);
  const picture = await small(await page.screenshot({ animations: 'disabled' }));
  await writeFile(file, picture);
  if (picture.length >= largest) console.log(`  ! ${file} has ${Math.round(picture.length / 1000)} kB`);
}

/**
 * `screenshots [--url <origin>] [--out <directory>] [--only <page>,…] [--size <width>x<height>]`: needs a running platform and Debian's chromium.
 * Ends with 1 when a page could not be taken.
 */
export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { url: { type: 'string' }, out: { type: 'string' }, only: { type: 'string' }, size: { type: 'string' } },
  });
  const [width, height] = (values.size ?? usual).split('x').map(Number);
  if (!width || !height) throw new Error('--size is a width and a height in pixels, for example 1280x800.');
  const instance = instanceRead(home);
  if (!instance) {
    console.log('  Nothing has been started here. Begin with: npm start');
    return 3;
  }
  const origin = values.url ?? gatewayUrl(instance);
  const out = values.out ?? join(checkout, 'docs', 'screenshots');
  const printed = await gatewayCli(
    instance,
    'session-issue',
    '--email',
    firstAccount,
    '--minutes',
    '30',
    '--reason',
    'pictures of the pages',
  );
  const session = printed.split('\n').at(-1) ?? '';
  const api: PlatformApi = platformApi(instance, session);
  const wanted = values.only?.split(',');
  const pages = (await shotPages(api, regionKey)).filter((page) => wanted?.includes(page.name) ?? true);
  const { chromium } = requireFrom('packages/ui')('playwright-core') as Playwright;
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--force-color-profile=srgb'],
  });
  await mkdir(out, { recursive: true });
  let failed = 0;
  try {
    for (const locale of locales) {
      for (const theme of themes) {
        const context = await browser.newContext({ viewport: { width, height }, locale, colorScheme: theme });
        const cookie = { url: origin, sameSite: 'Lax' as const };
        await context.addCookies([
          { ...cookie, name: 'basalt_locale', value: locale },
          { ...cookie, name: 'basalt_theme', value: theme },
        ]);
        for (const one of pages) {
          // Signing in is shown to people without a session.
          if (one.signedOut !== true)
            await context.addCookies([{ ...cookie, name: 'basalt_session', value: session, httpOnly: true }]);
          const page = await context.newPage();
          try {
            await shoot(page, origin, one, join(out, `${one.name}-${locale}-${theme}.png`));
          } catch (error) {
            failed += 1;
            console.log(
              `  ✗ ${one.name} ${locale} ${theme}: ${error instanceof Error ? error.message : String(error)}`,
            );
          } finally {
            await page.close();
          }
        }
        await context.close();
        console.log(`  ✓ ${locale} ${theme}: ${pages.length} pages`);
      }
    }
  } finally {
    await browser.close();
  }
  return failed === 0 ? 0 : 1;
}
