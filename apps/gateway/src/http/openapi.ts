/** The OpenAPI 3.1 document, from the same declarations as the routes (API-01). */
import { errorShape, errorTable, permissionLabel, type Access } from '@basalt/contract';
import { exampleOf } from './openapi-example.ts';
import { REST_PATH, restRoutes, type RestRoute } from './rest-door.ts';
import { jsonSchemaOf, type JsonSchema } from './rest-input.ts';

const json = (schema: JsonSchema, example: unknown) => ({ 'application/json': { schema, example } });

const accessText = (access: Access): string => {
  if (access === 'public') return 'Needs no session.';
  if (access === 'session') return 'Needs a session.';
  return `Needs the permission \`${access}\` (${permissionLabel(access)['en-US']}).`;
};

function parametersOf({ procedure, schema }: RestRoute): object[] {
  const inPath = new Set([...procedure.rest.path.matchAll(/\{(\w+)\}/gu)].map(([, name]) => name));
  const required = new Set(schema.required ?? []);
  const given = Object.entries(schema.properties ?? {});
  return given
    .filter(([name]) => inPath.has(name) || procedure.rest.method === 'GET')
    .map(([name, of]) => {
      const place = inPath.has(name) ? 'path' : 'query';
      const base = { name, in: place, required: place === 'path' || required.has(name) };
      // an object in a query is JSON; its fields may also stand alone as `name.field`
      return of.type === 'object'
        ? { ...base, content: { 'application/json': { schema: of } } }
        : { ...base, schema: of };
    });
}

function bodyOf({ procedure, schema }: RestRoute): { requestBody?: object } {
  if (procedure.rest.method === 'GET') return {};
  const inPath = new Set([...procedure.rest.path.matchAll(/\{(\w+)\}/gu)].map(([, name]) => name));
  const properties = Object.fromEntries(Object.entries(schema.properties ?? {}).filter(([name]) => !inPath.has(name)));
  if (Object.keys(properties).length === 0) return {};
  const required = (schema.required ?? []).filter((name) => !inPath.has(name));
  const body: JsonSchema = { type: 'object', properties, required, additionalProperties: false };
  return { requestBody: { required: required.length > 0, content: json(body, exampleOf(body)) } };
}

function operationOf(route: RestRoute): object {
  const { name, procedure } = route;
  const output = jsonSchemaOf(procedure.output, 'output');
  return {
    operationId: name,
    tags: [name.split('.')[0]],
    summary: procedure.summary['en-US'],
    description: `${procedure.summary['zh-CN']}\n\n${accessText(procedure.access)}`,
    parameters: parametersOf(route),
    ...bodyOf(route),
    responses: {
      '200': { description: 'Done', content: json(output, exampleOf(output)) },
      default: { $ref: '#/components/responses/Error' },
    },
    security: procedure.access === 'public' ? [] : [{ session: [] }],
  };
}

const regionParameter = { name: 'region', in: 'path', required: true, schema: { type: 'string' } };

/** The doors beside the procedures. The event stream shares its path with the list of resource events and is told by `accept`. */
const uploadPath = {
  put: {
    operationId: 'image.content',
    tags: ['image'],
    summary: 'Send a part of an announced image, in order',
    description:
      'Needs the permission `image:upload`. At most 16 MiB a part; `received` of the image tells where to go on.',
    parameters: [
      regionParameter,
      { name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } },
      { name: 'offset', in: 'query', required: true, schema: { type: 'integer', minimum: 0 } },
    ],
    requestBody: { required: true, content: { 'application/octet-stream': {} } },
    responses: {
      '200': { description: 'Taken', content: { 'application/json': { schema: {} } } },
      default: { $ref: '#/components/responses/Error' },
    },
    security: [{ session: [] }],
  },
};

interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>>;
  readonly [more: string]: unknown;
}

/** The whole document. `server`: the public origin; `cookieName`: of the session. */
export function openApiDocument(server: string, version: string, cookieName: string): OpenApiDocument {
  const paths: Record<string, Record<string, object>> = { '/regions/{region}/images/{id}/content': uploadPath };
  for (const route of restRoutes) {
    const { method, path } = route.procedure.rest;
    (paths[path] ??= {})[method.toLowerCase()] = operationOf(route);
  }
  const shape = jsonSchemaOf(errorShape, 'output');
  const example = {
    code: 'notFound',
    message: 'The vm does not exist or has been deleted',
    params: { kind: 'vm' },
    field: null,
    retryable: false,
    requestId: '01932f5e-8d2a-7c41-9f3b-5a6e7d8c9b0a',
  };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Basalt',
      version,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      description: [
        'Everything the console does. Sign in with `POST /session`; the session is a cookie.',
        'Requests that change something carry `Origin` (a browser does it) or any `x-basalt-client` header.',
        'Actions that take time answer with a `taskId`. A `requestToken` (UUID) makes a repeated request harmless.',
        '`GET /regions/{region}/events` with `accept: text/event-stream` is the live stream; it resumes after `Last-Event-ID`.',
        `Errors have one shape; their codes: ${Object.keys(errorTable).join(', ')}.`,
      ].join('\n\n'),
    },
    servers: [{ url: `${server}${REST_PATH}` }],
    paths,
    components: {
      securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: cookieName } },
      schemas: { Error: shape },
      responses: {
        Error: {
          description: 'Refused or failed',
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' }, example } },
        },
      },
    },
  };
}
