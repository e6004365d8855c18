/** Manners of the REST door beside the procedures themselves: the idempotency header and the choice of fields (API-02). */
import { BasaltError, both, requestToken } from '@basalt/contract';
import type { RestRoute } from './rest-door.ts';
import type { JsonSchema } from './rest-input.ts';

/** Also as a header, which clients and proxies know how to repeat. */
export const IDEMPOTENCY_HEADER = 'idempotency-key';

const refuse = (field: string, zh: string, en: string): BasaltError =>
  new BasaltError('invalidInput', { field, rule: both(zh, en) }, { field });

/**
 * The input with the header's token in it.
 * @throws BasaltError invalidInput when the token is none, differs from the body's, or could not be kept for this call.
 */
export function tokenAdd(
  { procedure, schema }: RestRoute,
  input: Readonly<Record<string, unknown>>,
  header: string | undefined,
): Readonly<Record<string, unknown>> {
  if (header === undefined || procedure.kind === 'query') return input;
  if (!schema.properties?.['requestToken'])
    throw refuse(IDEMPOTENCY_HEADER, '该操作不支持请求标识', 'this call cannot be repeated by a token');
  const token = requestToken.safeParse(header.replaceAll(/^"|"$/gu, ''));
  if (!token.success) throw refuse(IDEMPOTENCY_HEADER, '应为 UUID', 'must be a UUID');
  const { requestToken: given } = input;
  if (given !== undefined && (typeof given !== 'string' || given.toLowerCase() !== token.data))
    throw refuse(IDEMPOTENCY_HEADER, '与 requestToken 不一致', 'differs from requestToken');
  return { ...input, requestToken: token.data };
}

/** The schema of a list's rows; undefined when the answer is no list. */
export const rowsOf = (output: JsonSchema): JsonSchema | undefined => output.properties?.['items']?.items;

/** Takes `fields=a,b` out of the query. @throws BasaltError invalidInput naming a field that the rows do not have. */
export function fieldsTake(
  { procedure, output, schema }: RestRoute,
  query: URLSearchParams,
): ReadonlySet<string> | null {
  const given = query.getAll('fields');
  if (given.length === 0 || procedure.rest.method !== 'GET' || schema.properties?.['fields']) return null;
  const known = rowsOf(output)?.properties;
  if (!known) return null;
  query.delete('fields');
  const fields = new Set(given.flatMap((list) => list.split(',')).map((field) => field.trim()));
  for (const field of fields)
    if (!Object.hasOwn(known, field))
      throw refuse('fields', `没有字段 ${field.slice(0, 64)}`, `there is no field ${field.slice(0, 64)}`);
  return fields;
}

/** The list with only these fields of each row; paging and counts stay. */
export function fieldsChoose(answer: unknown, fields: ReadonlySet<string>): unknown {
  if (typeof answer !== 'object' || answer === null || !('items' in answer) || !Array.isArray(answer.items))
    return answer;
  const items: unknown[] = answer.items;
  return {
    ...answer,
    items: items.map((row) => Object.fromEntries(Object.entries(row ?? {}).filter(([name]) => fields.has(name)))),
  };
}
