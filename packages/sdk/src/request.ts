/** A procedure and its input as an HTTP request, by the REST path of its declaration. */
import type { Procedure } from '@basalt/contract';
import { z } from 'zod';

export interface RestRequest {
  readonly method: string;
  /** Below `/api/v1`, encoded, without the query. */
  readonly path: string;
  readonly query: string;
  /** JSON text; null: no body. */
  readonly body: string | null;
}

const shapeOf = ({ input }: Pick<Procedure, 'input'>): Readonly<Record<string, unknown>> =>
  input instanceof z.ZodObject ? input.shape : {};

/** Whether a call can be repeated by its token without being done twice. */
export const keepsToken = (procedure: Procedure): boolean =>
  procedure.kind === 'mutation' && 'requestToken' in shapeOf(procedure);
/** Whether a call names a region. */
export const namesRegion = (procedure: Procedure): boolean => 'region' in shapeOf(procedure);

const text = (value: unknown): string =>
  typeof value === 'string' ? value : value instanceof Date ? value.toISOString() : JSON.stringify(value);

/** @throws TypeError when something that stands in the path is missing. */
export function requestOf({ rest }: Procedure, input: Readonly<Record<string, unknown>>): RestRequest {
  const left = new Map(Object.entries(input).filter(([, value]) => value !== undefined));
  const path = rest.path.replaceAll(/\{(\w+)\}/gu, (_, name: string) => {
    const value = left.get(name);
    if (typeof value !== 'string' && typeof value !== 'number') throw new TypeError(`${name} is missing`);
    left.delete(name);
    return encodeURIComponent(value);
  });
  if (rest.method === 'GET' || rest.method === 'DELETE') {
    left.delete('requestToken');
    const query = [...left].map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(text(value))}`);
    return { method: rest.method, path, query: query.join('&'), body: null };
  }
  return { method: rest.method, path, query: '', body: JSON.stringify(Object.fromEntries(left)) };
}
