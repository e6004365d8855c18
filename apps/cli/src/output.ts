/** Answers on the terminal: tables for people, JSON and YAML for programs. */
import { stringify } from 'yaml';
import type { Say } from './words.ts';

export const outputs = ['table', 'json', 'yaml'] as const;
export type Output = (typeof outputs)[number];

const CELL_MAX = 48;
const COLUMNS_MAX = 9;
/** Characters that terminals draw over two columns. */
const wide = /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]/u;
const widthOf = (text: string): number =>
  Array.from(text).reduce((sum, character) => sum + (wide.test(character) ? 2 : 1), 0);
const pad = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)));

// what a name holds is data: nothing in it may move the cursor or colour the terminal
const clean = (text: string): string =>
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what is replaced
  text.replaceAll(/[\u0000-\u001F\u007F-\u009F]/gu, ' ');

export function cellOf(value: unknown): string {
  if (value === null || value === undefined) return '-';
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return clean(String(value));
  if (Array.isArray(value))
    return value.length > 3
      ? `${value.slice(0, 3).map(cellOf).join(', ')} …+${value.length - 3}`
      : value.map(cellOf).join(', ');
  if (typeof value === 'object' && 'name' in value && typeof value.name === 'string') return clean(value.name);
  return clean(JSON.stringify(value));
}

const short = (text: string): string => {
  if (widthOf(text) <= CELL_MAX) return text;
  let made = '';
  for (const character of text) {
    if (widthOf(made) + 2 > CELL_MAX) break;
    made += character;
  }
  return `${made}…`;
};

/** Rows of equal columns, first row the heads. */
export function tableText(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => widthOf(row[column] ?? ''))));
  return rows
    .map((row) =>
      row
        .map((cell, column) => pad(cell, widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const first = ['id', 'name', 'state', 'key', 'email'];

/** Columns of a list: what names a row first, then the short values in the order of the contract; certificates are none. */
function columnsOf(items: readonly object[]): string[] {
  const names = [...new Set(items.slice(0, 20).flatMap((item) => Object.keys(item)))];
  const isEmpty = (name: string): boolean =>
    items.every((item) => new Map<string, unknown>(Object.entries(item)).get(name) === '');
  const fits = names.filter(
    (name) =>
      !isEmpty(name) &&
      items.slice(0, 20).every((item) => {
        const value: unknown = new Map(Object.entries(item)).get(name);
        if (typeof value === 'string') return !value.includes('\n');
        return typeof value !== 'object' || value === null || (!Array.isArray(value) && 'name' in value);
      }),
  );
  const ordered = [...first.filter((name) => fits.includes(name)), ...fits.filter((name) => !first.includes(name))];
  return (ordered.length > 0 ? ordered : names).slice(0, COLUMNS_MAX);
}

const isList = (answer: object): answer is { items: object[]; total?: number; nextCursor?: string | null } =>
  'items' in answer &&
  Array.isArray(answer.items) &&
  answer.items.every((item) => typeof item === 'object' && item !== null);

function answerTable(answer: unknown, say: Say): string {
  if (typeof answer !== 'object' || answer === null) return cellOf(answer);
  if (isList(answer)) {
    const columns = columnsOf(answer.items);
    const head = columns.map((name) => name.replaceAll(/[A-Z]/gu, (letter) => ` ${letter}`).toUpperCase());
    const body = answer.items.map((item) => {
      const values = new Map<string, unknown>(Object.entries(item));
      return columns.map((name) => (name === 'id' ? cellOf(values.get(name)) : short(cellOf(values.get(name)))));
    });
    const lines = [tableText([head, ...body])];
    if (answer.total !== undefined) lines.push(`\n${say('total', { total: answer.total })}`);
    if (answer.nextCursor) lines.push(say('more', { cursor: answer.nextCursor }));
    return lines.join('\n');
  }
  const entries = Object.entries(answer);
  if (entries.length === 0) return say('done');
  return tableText(entries.map(([name, value]) => [name, cellOf(value)]));
}

export function answerText(answer: unknown, output: Output, say: Say): string {
  if (output === 'json') return JSON.stringify(answer, undefined, 2);
  if (output === 'yaml') return stringify(answer).trimEnd();
  return answerTable(answer, say);
}
