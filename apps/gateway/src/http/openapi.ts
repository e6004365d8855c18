/** The OpenAPI 3.1 document, from the same declarations as the routes (API-01). */
import {
  errorShape,
  errorTable,
  permissionLabel,
  personOnly,
  resourceTable,
  SIGNATURE_SCHEME,
  type Access,
} from '@basalt/contract';
import { exampleOf } from './openapi-example.ts';
import { REST_PATH, restRoutes, type RestRoute } from './rest-door.ts';
import { IDEMPOTENCY_HEADER, rowsOf } from './rest-manners.ts';
import { jsonSchemaOf, type JsonSchema } from './rest-input.ts';

const json = (schema: JsonSchema, example: unknown) => ({ 'application/json': { schema, example } });

const accessText = (access: Access): string => {
  if (access === 'public') return 'Needs no session.';
  if (access === 'session') return 'Needs a session or a signature.';
  return `Needs the permission \`${access}\` (${permissionLabel(access)['en-US']}).`;
};

const pathNames = ({ procedure }: RestRoute): ReadonlySet<string> =>
  new Set([...procedure.rest.path.matchAll(/\{(\w+)\}/gu)].map(([, name = '']) => name));

function parametersOf(route: RestRoute): object[] {
  const { procedure, schema, output } = route;
  const inPath = pathNames(route);
  const required = new Set(schema.required ?? []);
  const given = Object.entries(schema.properties ?? {});
  const made: object[] = given
    .filter(([name]) => inPath.has(name) || procedure.rest.method === 'GET')
    .map(([name, of]) => {
      const place = inPath.has(name) ? 'path' : 'query';
      const base = { name, in: place, required: place === 'path' || required.has(name) };
      // an object in a query is JSON; its fields may also stand alone as `name.field`
      return of.type === 'object'
        ? { ...base, content: { 'application/json': { schema: of } } }
        : { ...base, schema: of };
    });
  if (procedure.rest.method === 'GET' && rowsOf(output)?.properties)
    made.push({ $ref: '#/components/parameters/Fields' });
  if (procedure.kind === 'mutation' && schema.properties?.['requestToken'])
    made.push({ $ref: '#/components/parameters/IdempotencyKey' });
  return made;
}

function bodyOf(route: RestRoute): { requestBody?: object } {
  const { procedure, schema } = route;
  // a body of DELETE has no meaning that all proxies agree on; what there is to say stands in path, query and headers
  if (procedure.rest.method === 'GET' || procedure.rest.method === 'DELETE') return {};
  const inPath = pathNames(route);
  const properties = Object.fromEntries(Object.entries(schema.properties ?? {}).filter(([name]) => !inPath.has(name)));
  if (Object.keys(properties).length === 0) return {};
  const required = (schema.required ?? []).filter((name) => !inPath.has(name));
  const body: JsonSchema = { type: 'object', properties, required, additionalProperties: false };
  return { requestBody: { required: required.length > 0, content: json(body, exampleOf(body)) } };
}

const refused = { $ref: '#/components/responses/Error' };
const busy = { $ref: '#/components/responses/Busy' };

function operationOf(route: RestRoute): object {
  const { name, procedure, output } = route;
  const { access, kind, rest } = procedure;
  const isPublic = access === 'public';
  const byKey = personOnly.has(name) ? [] : [{ signature: [] }];
  return {
    operationId: name,
    tags: [name.split('.')[0]],
    summary: procedure.summary['en-US'],
    description: [
      procedure.summary['zh-CN'],
      accessText(access),
      ...(personOnly.has(name) ? ['Only for a signed-in person; an API key is refused with `personRequired`.'] : []),
    ].join('\n\n'),
    parameters: parametersOf(route),
    ...bodyOf(route),
    responses: {
      '200': { description: 'Done', content: json(output, exampleOf(output)) },
      '400': refused,
      ...(isPublic ? {} : { '401': refused, '403': refused }),
      ...(rest.path.includes('{') ? { '404': refused } : {}),
      ...(kind === 'mutation' ? { '409': refused } : {}),
      '429': busy,
      default: refused,
    },
    security: isPublic ? [] : [{ session: [] }, ...byKey],
  };
}

/** The doors beside the procedures. The event stream shares its path with the list of resource events and is told by `accept`. */
const uploadPath = {
  put: {
    operationId: 'image.content',
    tags: ['image'],
    summary: 'Send a part of an announced image, in order',
    description:
      'Needs the permission `image:upload`. At most 16 MiB a part; `received` of the image tells where to go on. A signed ' +
      'request declares the hex SHA-256 of its part in `x-basalt-content-sha256`, which is what is signed.',
    parameters: [
      { name: 'region', in: 'path', required: true, schema: { type: 'string' } },
      { name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } },
      { name: 'offset', in: 'query', required: true, schema: { type: 'integer', minimum: 0 } },
      { name: 'x-basalt-content-sha256', in: 'header', schema: { type: 'string', pattern: '^[0-9a-f]{64}$' } },
    ],
    requestBody: { required: true, content: { 'application/octet-stream': {} } },
    responses: {
      '200': { description: 'Taken', content: { 'application/json': { schema: {} } } },
      '400': refused,
      '401': refused,
      '403': refused,
      '404': refused,
      '409': refused,
      '429': busy,
      default: refused,
    },
    security: [{ session: [] }, { signature: [] }],
  },
};

const introduction = [
  'Everything the console does. Programs sign each request with an API key; browsers sign in with `POST /session` and carry a cookie.',
  'Requests with a cookie that change something carry `Origin` (a browser does it) or any `x-basalt-client` header.',
  `Actions that take time answer with a \`taskId\`. A \`requestToken\` (UUID), also as header \`${IDEMPOTENCY_HEADER}\`, makes a repeated request harmless for 24 hours.`,
  'Lists: `limit`, then `cursor` with the `nextCursor` of the answer before; `fields` chooses what of each row is answered.',
  'Unknown fields are refused by name. Texts of errors are in the language of `accept-language`, else of the account.',
  '`GET /regions/{region}/events` with `accept: text/event-stream` is the live stream; it resumes after `Last-Event-ID`.',
  `Errors have one shape; their codes: ${Object.keys(errorTable).join(', ')}.`,
].join('\n\n');

interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>>;
  readonly [more: string]: unknown;
}

const tagsOf = (): object[] =>
  [...new Set(restRoutes.map(({ name }) => name.split('.')[0] ?? ''))].toSorted().map((name) => {
    const labels: Readonly<Record<string, { readonly label: Readonly<Record<'en-US', string>> }>> = resourceTable;
    return { name, description: labels[name]?.label['en-US'] ?? name };
  });

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
  const errorContent = (of: object) => ({
    'application/json': { schema: { $ref: '#/components/schemas/Error' }, example: of },
  });
  return {
    openapi: '3.1.0',
    info: {
      title: 'Basalt',
      version,
      summary: 'The API of the Basalt platform, version 1',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      description: introduction,
    },
    servers: [{ url: `${server}${REST_PATH}`, description: 'Version 1' }],
    tags: tagsOf(),
    paths,
    components: {
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: cookieName, description: 'Of whoever has signed in.' },
        signature: {
          type: 'apiKey',
          in: 'header',
          name: 'authorization',
          description: [
            `\`${SIGNATURE_SCHEME} key=<public key>, time=<unix seconds>, nonce=<22–64 of A-Za-z0-9_->, signature=<base64url>\``,
            'The signature is HMAC-SHA256, keyed with the private key, of these lines joined by line feeds: `BASALT-HMAC-SHA256`; method; path as sent; query pairs sorted by name then value and percent-encoded (RFC 3986); hex SHA-256 of the body; time; nonce. The time may differ by 300 s; a nonce counts once.',
          ].join('\n\n'),
        },
      },
      parameters: {
        Fields: {
          name: 'fields',
          in: 'query',
          required: false,
          description: 'Names of fields of the rows, separated by commas; only these are answered.',
          schema: { type: 'string' },
          example: 'id,name',
        },
        IdempotencyKey: {
          name: IDEMPOTENCY_HEADER,
          in: 'header',
          required: false,
          description: 'The same as `requestToken` in the body.',
          schema: { type: 'string', format: 'uuid' },
        },
      },
      schemas: { Error: shape },
      responses: {
        Error: { description: 'Refused or failed', content: errorContent(example) },
        Busy: {
          description: 'Too many requests; `retry-after` tells when to try again',
          headers: {
            'retry-after': { description: 'Seconds', schema: { type: 'integer' } },
            ratelimit: { description: 'What is left of the key’s rate', schema: { type: 'string' } },
            'ratelimit-policy': { description: 'The rate of a key', schema: { type: 'string' } },
          },
          content: errorContent({
            ...example,
            code: 'tooManyRequests',
            message: 'Too many requests; try again in 1 seconds',
            params: { seconds: 1 },
            retryable: true,
          }),
        },
      },
    },
  };
}
