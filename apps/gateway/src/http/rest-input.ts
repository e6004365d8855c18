/** A request of the REST door as the input of a procedure: path and query are text, and the schema says what they mean. */
import { BasaltError, both } from '@basalt/contract';
import { z } from 'zod';
import { jsonRead } from './json-read.ts';

/** The parts of JSON Schema that are looked at here and in the OpenAPI document. */
export interface JsonSchema {
  type?: string | string[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  format?: string;
  pattern?: string;
  minimum?: number;
  exclusiveMinimum?: number;
  minLength?: number;
  minItems?: number;
  additionalProperties?: JsonSchema | boolean;
  propertyNames?: JsonSchema;
  [more: string]: unknown;
}

/** JSON Schema (draft 2020-12, as OpenAPI 3.1 wants it) of what a client sends or gets. */
export function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _dialect, ...made } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return made as JsonSchema;
}

const typesOf = (schema: JsonSchema | undefined): string[] =>
  schema ? [schema.type ?? [], ...(schema.anyOf ?? schema.oneOf ?? []).map(typesOf)].flat() : [];

function scalar(text: string, schema: JsonSchema | undefined): unknown {
  const types = typesOf(schema);
  if (types.includes('string') || types.length === 0) return text;
  // left as text when it is not what the schema wants: the region names field and rule
  if (types.includes('integer') || types.includes('number')) return /^-?\d+(\.\d+)?$/u.test(text) ? Number(text) : text;
  if (types.includes('boolean')) return text === 'true' ? true : text === 'false' ? false : text;
  return text;
}

function valueOf(texts: readonly string[], schema: JsonSchema | undefined, field: string): unknown {
  const types = typesOf(schema);
  const [text = ''] = texts;
  if ((types.includes('object') || types.includes('array')) && /^[[{]/u.test(text)) {
    return jsonRead(text, field);
  }
  if (types.includes('array')) return texts.map((each) => scalar(each, schema?.items));
  return scalar(text, schema);
}

/**
 * `limit=20`, `filter={"state":["running"]}` and `filter.state=running&filter.state=stopped` all work.
 * @throws BasaltError invalidInput.
 */
export function queryInput(query: URLSearchParams, schema: JsonSchema): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const key of new Set(query.keys())) {
    const path = key.split('.');
    if (path.length > 4 || path.some((part) => part === '__proto__' || part === ''))
      throw new BasaltError('invalidInput', { field: key, rule: both('未知字段', 'unknown field') }, { field: key });
    let at: Record<string, unknown> = input;
    let shape: JsonSchema | undefined = schema;
    for (const part of path.slice(0, -1)) {
      const next = (Object.hasOwn(at, part) ? at[part] : undefined) ?? {};
      if (typeof next !== 'object') break;
      at[part] = next;
      at = next as Record<string, unknown>;
      shape = shape?.properties?.[part];
    }
    const last = path.at(-1) ?? key;
    at[last] = valueOf(query.getAll(key), shape?.properties?.[last], key);
  }
  return input;
}

/** @throws BasaltError invalidInput when the body is not a JSON object. */
export function bodyInput(text: string): Record<string, unknown> {
  if (text === '') return {};
  const body = jsonRead(text, 'body');
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new BasaltError(
      'invalidInput',
      { field: 'body', rule: both('应为 JSON 对象', 'must be a JSON object') },
      { field: 'body' },
    );
  return { ...body };
}
