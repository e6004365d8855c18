/** Examples for the document: a value that its schema accepts, and that a reader recognises. */
import type { JsonSchema } from './rest-input.ts';

const ID = '01932f5e-8d2a-7c41-9f3b-5a6e7d8c9b0a';

/** By field name, where a pattern says more than a type. */
const known: Readonly<Record<string, unknown>> = {
  region: 'region-1',
  key: 'region-1',
  email: 'admin@basalt.local',
  mac: '52:54:00:12:34:56',
  sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  hostName: 'web-1',
  name: 'web-1',
  note: 'first of three',
  password: 'Example-2026',
  current: 'Example-2025',
  product: 'Basalt',
  code: 'notFound',
  clock: '09:00',
  timeZone: 'Asia/Shanghai',
  address: '10.32.4.17',
  publicKey: 'bk_0123456789abcdefABCDEF',
  url: 'https://receiver.example/basalt',
  webhookSecret: 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
};

function textOf(schema: JsonSchema, field: string): string {
  if (schema.format === 'uuid') return ID;
  if (schema.format === 'date-time') return '2026-01-31T08:00:00.000Z';
  if (schema.format === 'ipv4') return '10.32.4.17';
  if (schema.format === 'cidrv4') return '10.32.4.0/24';
  if (schema.format === 'email') return 'admin@basalt.local';
  const given = known[field];
  if (typeof given === 'string') return given;
  if (schema.pattern?.includes('ssh-'))
    return 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHpXh4O1aqhIZRMTSoLzrPbcPTgIDfRHKvZVZkfmlS5u me';
  if (schema.pattern && new RegExp(schema.pattern, 'u').test('web-1') === false) {
    for (const trial of Object.values(known))
      if (typeof trial === 'string' && new RegExp(schema.pattern, 'u').test(trial)) return trial;
  }
  return 'text'.padEnd(schema.minLength ?? 0, '-');
}

function numberOf(schema: JsonSchema, field: string): number {
  if (
    /[Mm]emory|size|Size|capacity|total$/u.test(field) &&
    (schema.maximum === undefined || Number(schema.maximum) >= 20 * 1024 ** 3)
  )
    return 20 * 1024 ** 3;
  return Math.max(1, schema.minimum ?? 1, (schema.exclusiveMinimum ?? 0) + 1);
}

/** A value of the schema; the first of alternatives, defaults where there are some. `field`: the name it stands under. */
export function exampleOf(schema: JsonSchema, field = ''): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.default !== undefined) return schema.default;
  const choice = schema.anyOf ?? schema.oneOf;
  if (choice) return exampleOf(choice.find(({ type }) => type !== 'null') ?? {}, field);
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((part) => exampleOf(part, field)));
  if (Array.isArray(schema.type))
    return exampleOf({ ...schema, type: schema.type.find((type) => type !== 'null') ?? 'null' }, field);
  if (schema.type === 'object') {
    const required = new Set(schema.required ?? []);
    return Object.fromEntries(
      Object.entries(schema.properties ?? {})
        .filter(([name]) => required.has(name))
        .map(([name, of]) => [name, exampleOf(of, name)]),
    );
  }
  if (schema.type === 'array') return schema.items ? [exampleOf(schema.items, field)] : [];
  if (schema.type === 'boolean') return false;
  if (schema.type === 'integer' || schema.type === 'number') return numberOf(schema, field);
  if (schema.type === 'string') return textOf(schema, field);
  return null;
}
