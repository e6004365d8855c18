import { tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { checkMachine, debianPackagesMissing } from '../src/packages.ts';

describe('[BYD-13] machine and packages', () => {
  test('[BYD-13] tells what is not installed', async () => {
    expect(await debianPackagesMissing(['dpkg', 'no-such-package-of-basalt'])).toEqual(['no-such-package-of-basalt']);
  });

  test('[BYD-13] problems are sentences, and none without root is hidden', async () => {
    const problems = await checkMachine(tmpdir());
    for (const { text } of problems) expect(text).toMatch(/^[A-Z].*\.$/);
    expect(problems.some(({ text }) => text.includes('root'))).toBe(process.getuid?.() !== 0);
  });
});
