/** The document as others use it: checked by a linter, made into a client by a generator, and that client used. */
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { generateApi } from 'swagger-typescript-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestPostgres } from '@basalt/service';
import { doorOpen, postgresOpen, rest, type Door } from './harness.ts';
import { keyCreate, signature } from './signed.ts';

const run = promisify(execFile);
const here = fileURLToPath(new URL('.', import.meta.url));
const tsc = fileURLToPath(new URL('../../../node_modules/.bin/tsc', import.meta.url));

let postgres: TestPostgres;
let door: Door;
let cookie: string;
let text: string;
beforeAll(async () => {
  postgres = await postgresOpen();
  door = await doorOpen(postgres);
  await door.accountAdd('admin@basalt.local', 'systemAdmin');
  cookie = await door.signIn('admin@basalt.local');
  text = JSON.stringify((await rest(door, 'GET', '/openapi.json')).body);
}, 60_000);
afterAll(async () => {
  await door.close();
  await postgres[Symbol.asyncDispose]();
});

/** What a program of somebody else's looks like; compiled against the generated client and run against the door. */
const program = `
import { Api } from './client.ts';

export async function use(baseUrl: string, customFetch: typeof fetch) {
  const api = new Api({ baseUrl, customFetch });
  const regions = await api.regions.regionList();
  const region: string = regions.data.items[0]?.key ?? '';
  const list = await api.regions.vmList(region, { limit: 5 });
  const name: string | undefined = list.data.items[0]?.name;
  const id: string = list.data.items[0]?.id ?? '';
  const started = await api.regions.vmStart(id === '' ? '' : region, id, { requestToken: '01932f5e-8d2a-7c41-9f3b-5a6e7d8c9b0a' });
  const task: string = started.data.taskId;
  const wrong = await api.regions.vmList(region, { limit: 5000 }).then(() => undefined, (refused: { error: { code: string } }) => refused.error.code);
  return { name, task, code: wrong };
}
`;

const compile = (file: string): Promise<unknown> =>
  run(
    tsc,
    [
      ...'--noEmit --strict --target es2024 --module esnext --moduleResolution bundler --lib es2024,dom'.split(' '),
      '--skipLibCheck',
      '--ignoreConfig',
      '--allowImportingTsExtensions',
      file,
    ],
    { timeout: 120_000 },
  ).catch((error: { stdout?: string }) => {
    throw new Error(error.stdout || 'tsc did not run');
  });

describe('the OpenAPI document', () => {
  it('[API-01] has nothing that a linter calls wrong', async () => {
    const config = await createConfig({
      extends: ['recommended'],
      rules: {
        // a name beside ids (…/vms/preview) is told by its being longer known than any id
        'no-ambiguous-paths': 'off',
        // the harness stands on loopback, and so may an installation
        'no-server-example.com': 'off',
      },
    });
    const problems = await lintFromString({ source: text, absoluteRef: '/openapi.json', config });
    expect(
      problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer ?? ''}`),
    ).toEqual([]);
  });

  it('[API-01] makes a client whose types compile and which works against the door', async () => {
    const directory = mkdtempSync(join(here, '.generated-'));
    try {
      const spec = JSON.parse(text) as never;
      const { files } = await generateApi({
        spec,
        output: false,
        httpClientType: 'fetch',
        silent: true,
        fileName: 'client.ts',
      });
      writeFileSync(join(directory, 'client.ts'), files[0]?.fileContent ?? '');
      writeFileSync(join(directory, 'program.ts'), program);
      await compile(join(directory, 'program.ts'));
      const wrong = program.replace('{ limit: 5 }', '{ limit: "five" }');
      writeFileSync(join(directory, 'wrong.ts'), wrong);
      await expect(compile(join(directory, 'wrong.ts'))).rejects.toThrow('not assignable');

      const key = await keyCreate(door, cookie);
      const { use } = (await import(/* @vite-ignore */ join(directory, 'program.ts'))) as {
        use: (url: string, customFetch: typeof fetch) => Promise<unknown>;
      };
      const signing: typeof fetch = (input, init) => {
        const request = new Request(input, init);
        const url = new URL(request.url);
        const body = typeof init?.body === 'string' ? init.body : '';
        request.headers.set('authorization', signature(key, request.method, `${url.pathname}${url.search}`, body));
        return fetch(request);
      };
      expect(await use(`${door.url}/api/v1`, signing)).toMatchObject({
        name: 'web-1',
        task: expect.stringMatching(/^[0-9a-f-]{36}$/u),
        code: 'invalidInput',
      });
      expect(door.region.calls.findLast(({ name }) => name === 'vm.start')?.input).toMatchObject({
        requestToken: '01932f5e-8d2a-7c41-9f3b-5a6e7d8c9b0a',
      });
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }, 180_000);
});
