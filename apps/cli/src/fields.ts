/** The fields of a call as options of a command, and options as its input. Nothing here is written per call. */
import type { Procedure } from '@basalt/contract';
import { z } from 'zod';
import { UsageError } from './usage-error.ts';
import type { Say } from './words.ts';

interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly format?: string;
}

export interface Field {
  /** Name of the field, or of one in it: `systemDisk`, `size`. */
  readonly path: readonly string[];
  /** `--system-disk-size`; `--input-url` where the command itself has the option. */
  readonly flag: string;
  readonly kind: 'text' | 'number' | 'boolean' | 'json' | 'list';
  readonly required: boolean;
  readonly choices: readonly string[];
  readonly default: unknown;
  /** Kind of a list's entries. */
  readonly of: Field['kind'];
}

export const kebab = (name: string): string => name.replaceAll(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`);

/** Options of every command. */
const taken = new Set(['--url', '--profile', '--output', '--json', '--fields', '--all', '--wait', '--wait-timeout']);

/** A field that is called like an option of the command itself is told apart from it. */
function flagOf(path: readonly string[]): string {
  const words = path.map(kebab).join('-');
  return taken.has(`--${words}`) ? `--input-${words}` : `--${words}`;
}

const bare = (schema: JsonSchema): JsonSchema => {
  const choice = schema.anyOf?.find(({ type }) => type !== 'null');
  return choice ? { ...choice, ...(schema.default === undefined ? {} : { default: schema.default }) } : schema;
};

function kindOf(schema: JsonSchema): Field['kind'] {
  const type = [schema.type ?? []].flat().find((each) => each !== 'null');
  if (type === 'integer' || type === 'number') return 'number';
  if (type === 'boolean') return 'boolean';
  if (type === 'array') return 'list';
  return type === 'object' ? 'json' : 'text';
}

function fieldOf(path: readonly string[], given: JsonSchema, required: boolean): Field {
  const schema = bare(given);
  const items = bare(schema.items ?? {});
  return {
    path,
    flag: flagOf(path),
    kind: kindOf(schema),
    required,
    choices: (schema.enum ?? items.enum ?? []).filter((each) => typeof each === 'string'),
    default: schema.default,
    of: kindOf(items),
  };
}

const known = new WeakMap<Procedure, readonly Field[]>();

/** All fields of a call; those of an object within also by themselves. */
export function fieldsOf(procedure: Procedure): readonly Field[] {
  let made = known.get(procedure);
  if (made) return made;
  const schema = z.toJSONSchema(procedure.input, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  const required = new Set(schema.required ?? []);
  const seen = new Set<string>();
  made = Object.entries(schema.properties ?? {})
    .flatMap(([name, of]) => [
      fieldOf([name], of, required.has(name)),
      ...Object.entries(bare(of).properties ?? {}).map(([inner, deep]) => fieldOf([name, inner], deep, false)),
    ])
    .filter(({ flag }) => !seen.has(flag) && seen.add(flag));
  known.set(procedure, made);
  return made;
}

const units: Readonly<Record<string, number>> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

/** `4GiB` is a number too. */
function numberOf(text: string, flag: string, say: Say): number {
  const [, digits, unit = ''] = /^(-?\d+(?:\.\d+)?)(?:([KMGT])i?B?)?$/u.exec(text) ?? [];
  if (digits === undefined) throw new UsageError(say('notNumber', { name: flag }));
  return Number(digits) * (units[unit] ?? 1);
}

function jsonOf(text: string, flag: string, say: Say): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new UsageError(say('notJson', { name: flag }), { cause });
  }
}

/** `{"a":1}` or `a=1,b=x`. */
function objectOf(text: string, flag: string, say: Say): unknown {
  if (/^\s*[[{"]/u.test(text) || !text.includes('=')) return jsonOf(text, flag, say);
  return Object.fromEntries(
    text.split(',').map((pair) => {
      const at = pair.indexOf('=');
      const value = pair.slice(at + 1);
      return [pair.slice(0, at).trim(), /^(true|false|null|-?\d{1,15})$/u.test(value) ? JSON.parse(value) : value];
    }),
  );
}

function oneOf(kind: Field['kind'], text: string, { flag, choices }: Field, say: Say): unknown {
  if (kind === 'number') return numberOf(text, flag, say);
  if (kind === 'boolean') {
    if (text !== 'true' && text !== 'false') throw new UsageError(say('notBoolean', { name: flag }));
    return text === 'true';
  }
  if (kind === 'json') return objectOf(text, flag, say);
  if (choices.length > 0 && !choices.includes(text))
    throw new UsageError(say('notOneOf', { name: flag, choices: choices.join(', ') }));
  return text;
}

/** The value that an option stands for. `given`: as typed, once or several times; true: the option without a value. */
export function valueOf(field: Field, given: string | boolean | readonly string[], say: Say): unknown {
  const texts = Array.isArray(given) ? (given as readonly string[]) : [String(given)];
  const [text = ''] = texts;
  if (field.kind !== 'list') {
    if (text === 'null') return null;
    return oneOf(field.kind, text, field, say);
  }
  if (texts.length === 1 && /^\s*\[/u.test(text)) return jsonOf(text, field.flag, say);
  const parts =
    field.of === 'json'
      ? texts
      : texts.flatMap((each) =>
          field.choices.length > 0 || /^[\w:.-]+(,[\w:.-]+)+$/u.test(each) ? each.split(',') : [each],
        );
  return parts.map((each) => oneOf(field.of, each, field, say));
}

/** Puts values at their places; the later ones win over what `base` has. */
export function inputMake(
  base: Readonly<Record<string, unknown>>,
  values: readonly (readonly [Field, unknown])[],
): Record<string, unknown> {
  const input: Record<string, unknown> = { ...base };
  for (const [{ path }, value] of values) {
    const [name = '', inner] = path;
    if (inner === undefined) input[name] = value;
    else input[name] = { ...(input[name] as Record<string, unknown> | undefined), [inner]: value };
  }
  return input;
}
