import { globSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseAst } from 'rolldown/parseAst';
import { expect, test } from 'vitest';
import { areas } from '../src/i18n/areas.ts';
import { locales } from '../src/i18n/locales.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

type Tree = { [key: string]: string | Tree };
const read = (locale: string, area: string) =>
  JSON.parse(readFileSync(`${root}messages/${locale}/${area}.json`, 'utf8')) as Tree;

function flat(tree: Tree, path = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[`${path}${key}`, value] as [string, string]] : flat(value, `${path}${key}.`),
  );
}

/** Names of the arguments; what stands inside a plural's branches is text. */
const placeholders = (text: string): string[] =>
  [
    ...new Set(
      [...text.matchAll(/\{([a-z]\w*)(?:\}|, ?(?:plural|select|selectordinal|number|date|time)\b)/g)].map(
        (hit) => hit[1] ?? '',
      ),
    ),
  ].toSorted();

test('[BRD-01] both languages have the same messages with the same places', () => {
  for (const area of areas) {
    const [zh, en] = locales.map((locale) => flat(read(locale, area)));
    expect(
      en?.map(([key]) => key),
      area,
    ).toEqual(zh?.map(([key]) => key));
    zh?.forEach(([key, text], index) => {
      const other = en?.[index]?.[1] ?? '';
      expect(text, `${area}.${key}`).not.toBe('');
      expect(placeholders(other), `${area}.${key}`).toEqual(placeholders(text));
    });
  }
});

test('[BRD-01] every file of messages is loaded, and the types know it', () => {
  const types = readFileSync(`${root}src/i18n/types.ts`, 'utf8');
  for (const locale of locales) {
    expect(readdirSync(`${root}messages/${locale}`).toSorted()).toEqual(areas.map((area) => `${area}.json`).toSorted());
  }
  for (const area of areas) expect(types).toContain(`messages/zh-CN/${area}.json`);
});

const spoken = new Set([
  'label',
  'title',
  'placeholder',
  'aria-label',
  'alt',
  'subtitle',
  'hint',
  'summary',
  'detail',
  'tooltip',
  'description',
]);
/** Names of keys are printed as they are in every language. */
const keyNames = new Set(['Ctrl', 'Ctrl K', 'Esc', 'Enter', 'c', 'g', 'j', 'k', 'x']);
const hasWords = (text: unknown): boolean =>
  typeof text === 'string' && /\p{L}/u.test(text) && !keyNames.has(text.trim());

interface Node {
  type: string;
  [key: string]: unknown;
}

/** Text in JSX or in a spoken attribute that no translation has. */
function literals(code: string): string[] {
  const found: string[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(visit);
    if (typeof value !== 'object' || value === null || !('type' in value)) return;
    const node = value as Node;
    if (node.type === 'JSXText' && hasWords(node['value'])) found.push(String(node['value']).trim());
    if (node.type === 'JSXAttribute') {
      const name = (node['name'] as { name?: unknown }).name;
      const set = node['value'] as Node | null;
      const literal = set?.type === 'JSXExpressionContainer' ? (set['expression'] as Node) : set;
      if (spoken.has(String(name)) && literal?.type === 'Literal' && hasWords(literal['value']))
        found.push(`${String(name)}="${String(literal['value'])}"`);
    }
    if (node.type === 'JSXExpressionContainer') {
      const inner = node['expression'] as Node;
      // {'text'} between tags; attributes were looked at above.
      if (
        inner.type === 'Literal' &&
        hasWords(inner['value']) &&
        /[\p{Script=Han}]|[A-Za-z]+ [A-Za-z]/u.test(String(inner['value']))
      )
        found.push(String(inner['value']));
    }
    Object.values(node).forEach(visit);
  };
  visit(parseAst(code, { lang: 'tsx', sourceType: 'module' }));
  return found;
}

test('[BRD-01] the check finds text without translation', () => {
  expect(literals('const a = <p>Hello</p>;')).toEqual(['Hello']);
  expect(literals('const a = <p title="你好">{t("x")} · {"plain words"}</p>;')).toEqual([
    'title="你好"',
    'plain words',
  ]);
  expect(literals('const a = <Field id="name" label={t("name")}>— 3</Field>;')).toEqual([]);
});

test('[BRD-01] no component of the console or of packages/ui has text of its own', () => {
  const files = [
    ...globSync('src/**/*.tsx', { cwd: root }).map((file) => `${root}${file}`),
    ...globSync('../../packages/ui/src/*.tsx', { cwd: root }).map((file) => `${root}${file}`),
  ].filter((file) => !file.endsWith('.test.tsx'));
  expect(files.length).toBeGreaterThan(60);
  const found = files.flatMap((file) =>
    literals(readFileSync(file, 'utf8')).map((text) => `${file.slice(root.length)}: ${text}`),
  );
  expect(found).toEqual([]);
});
