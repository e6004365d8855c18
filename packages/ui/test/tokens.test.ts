import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { antdThemeFor, tokens } from '../src/tokens.ts';
import { cssFromTokens } from '../tools/css-from-tokens.ts';

const src = new URL('../src/', import.meta.url);

test('[BRD-01] the committed CSS variables are those of the tokens', () => {
  expect(readFileSync(new URL('gen/tokens.css', src), 'utf8')).toBe(cssFromTokens());
});

test('[BRD-01] both themes have the same roles', () => {
  const roles = (tree: object, path = ''): string[] =>
    Object.entries(tree).flatMap(([key, value]) =>
      typeof value === 'object' ? roles(value as object, `${path}.${key}`) : [`${path}.${key}`],
    );
  expect(roles(tokens.color.dark)).toEqual(roles(tokens.color.light));
  expect(Object.keys(tokens.antd.dark.token)).toEqual(Object.keys(tokens.antd.light.token));
  expect(antdThemeFor('dark').token?.colorPrimary).toBe(tokens.antd.dark.token.colorPrimary);
});

test('[BRD-01] components use roles that exist and no raw colours', () => {
  const known = new Set(
    ['gen/tokens.css', 'styles/stone.css'].flatMap((file) =>
      [...readFileSync(new URL(file, src), 'utf8').matchAll(/(--[\w-]+):/g)].map((hit) => hit[1]),
    ),
  );
  const sheets = readdirSync(src).filter((file) => file.endsWith('.module.css'));
  expect(sheets.length).toBeGreaterThan(20);
  for (const file of sheets) {
    const text = readFileSync(new URL(file, src), 'utf8');
    for (const hit of text.matchAll(/var\((--[\w-]+)\)/g)) expect(known, `${file}: ${hit[1]}`).toContain(hit[1]);
    // The picture of stones has greys of its own.
    if (file !== 'basalt-field.module.css') expect(text.match(/#[0-9a-f]{3,8}\b/gi), file).toBeNull();
  }
});
