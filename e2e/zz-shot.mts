import { chromium } from '@playwright/test';
import { platformApiOpen, gatewayCli } from '../scripts/lib/api.ts';
import { instanceRead, instancePort } from '@basalt/lab';
const i = instanceRead(process.env['BASALT_HOME'] ?? '/work/main')!;
const token = (
  await gatewayCli(i, 'session-issue', '--email', 'admin@basalt.local', '--minutes', '30', '--reason', 'look')
)
  .split('\n')
  .at(-1)!;
const url = `http://127.0.0.1:${instancePort(i, 'gateway')}`;
const b = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const [locale, scheme, ...paths] = process.argv.slice(2);
const c = await b.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: scheme as 'dark' });
await c.addCookies([
  { name: 'basalt_session', value: token, url },
  { name: 'basalt_locale', value: locale!, url },
]);
const p = await c.newPage();
p.on('console', (m) => {
  if (m.type() === 'error') console.log('console', m.text());
});
for (const path of paths) {
  await p.goto(url + path);
  await p.waitForTimeout(3500);
  const f = `/tmp/shots/${path.replaceAll(/[^\w]/g, '_')}-${locale}-${scheme}.png`;
  await p.screenshot({ path: f });
  console.log(f);
}
await b.close();
