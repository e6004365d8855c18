import { expect, test } from 'vitest';
import { clientName } from './client-name.ts';

test('[IAM-21] clients are named as people know them', () => {
  const webkit = 'AppleWebKit/537.36 (KHTML, like Gecko)';
  for (const [given, name] of [
    [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} Chrome/141.0.0.0 Safari/537.36`, 'Chrome 141 · Windows'],
    [`Mozilla/5.0 (X11; Linux x86_64) ${webkit} HeadlessChrome/141.0.0.0 Safari/537.36`, 'Chrome 141 · Linux'],
    [`Mozilla/5.0 (Windows NT 10.0) ${webkit} Chrome/140.0 Safari/537.36 Edg/140.0.1`, 'Edge 140 · Windows'],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0', 'Firefox 144 · Linux'],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile/15E148 Safari/604',
      'Safari 18 · iOS',
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1 (KHTML, like Gecko) Version/26.1 Safari/605.1',
      'Safari 26 · macOS',
    ],
    ['curl/8.9.1', 'curl 8.9.1'],
    ['basalt/0.2.0 (linux)', 'basalt 0.2.0'],
    ['', ''],
    [`${'x'.repeat(80)}`, `${'x'.repeat(47)}…`],
  ] as const)
    expect(clientName(given)).toBe(name);
});
