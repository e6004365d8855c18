/** Guards the repository itself: what documents quote exists, tests name what they prove, nothing is skipped. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file && existsSync(join(root, file)));
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
/** The source without its comments, which may well say "as any program would". */
const code = (file: string): string => read(file).replaceAll(/^\s*(?:\/\*\*?|\*|\/\/).*$/gmu, '');
const tests = tracked.filter((file) => /\.(test\.tsx?|e2e\.ts)$/u.test(file));

test('[API-01] every path that a document quotes exists', () => {
  const documents = tracked.filter((file) => /^([A-Z]+\.md|docs\/.*\.md)$/u.test(file));
  expect(documents).toContain('CONTRIBUTING.md');
  const missing: string[] = [];
  for (const document of documents) {
    for (const [, quoted = ''] of read(document).matchAll(
      /`((?:apps|packages|scripts|drizzle|e2e|bench|docs)\/[\w./[\]-]+)`/gu,
    )) {
      if (!existsSync(join(root, quoted))) missing.push(`${document}: ${quoted}`);
    }
  }
  expect(missing).toEqual([]);
});

test('[BYD-01] every test title begins with the requirement it proves', () => {
  const untitled: string[] = [];
  for (const file of tests) {
    for (const [, title = ''] of read(file).matchAll(/^\s*(?:test|it)(?:\.each\([^\n]*\))?\(\s*['"`]([^'"`\n]*)/gmu)) {
      if (!/^\[[A-Z]{2,4}-\d{2}/u.test(title)) untitled.push(`${file}: ${title}`);
    }
  }
  expect(untitled).toEqual([]);
});

test('[TASK-01] no test is skipped, focused or waits a fixed time', () => {
  const found: string[] = [];
  for (const file of tests) {
    if (file === 'scripts/test/safety.test.ts') continue;
    const text = read(file);
    for (const [hit] of text.matchAll(/\b(?:it|test|describe)\.(?:skip|only|todo|fixme)\b|waitForTimeout/gu))
      found.push(`${file}: ${hit}`);
  }
  expect(found).toEqual([]);
});

test('[IAM-05] no source steps around the types', () => {
  const found: string[] = [];
  for (const file of tracked.filter(
    (name) => /^(apps|packages|scripts|e2e|bench)\/.*\.(ts|tsx)$/u.test(name) && !name.includes('/gen/'),
  )) {
    if (file === 'scripts/test/safety.test.ts') continue;
    for (const [hit] of read(file).matchAll(/@ts-ignore|@ts-expect-error/gu)) found.push(`${file}: ${hit}`);
    for (const [hit] of code(file).matchAll(/\bas unknown as\b|: any\b|\bas any\b/gu)) found.push(`${file}: ${hit}`);
  }
  expect(found).toEqual([]);
});
