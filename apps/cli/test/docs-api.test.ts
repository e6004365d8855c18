/** docs/api.md stays true: its bash is run as it stands there. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { errorTable } from '@basalt/contract';
import type { TestPostgres } from '@basalt/service';
import { doorOpen, postgresOpen, type Door } from '../../gateway/test/harness.ts';
import { keyCreate, type TestKey } from '../../gateway/test/signed.ts';

const run = promisify(execFile);
const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const text = readFileSync(file('../../../docs/api.md'), 'utf8');
const id = '01932f5e-8d2a-7c41-9f3b-5a6e7d8c9b0a';

let postgres: TestPostgres;
let door: Door;
let key: TestKey;
beforeAll(async () => {
  postgres = await postgresOpen();
  door = await doorOpen(postgres);
  await door.accountAdd('admin@basalt.local', 'systemAdmin');
  key = await keyCreate(door, await door.signIn('admin@basalt.local'));
}, 60_000);
afterAll(async () => {
  await door.close();
  await postgres[Symbol.asyncDispose]();
});

it('[API-04] a newcomer who follows docs/api.md creates a virtual machine and sees it through', async () => {
  const blocks = [...text.matchAll(/```bash\n([\s\S]*?)```/gu)].map(([, block]) => block);
  expect(blocks.length).toBeGreaterThanOrEqual(6);
  let looks = 0;
  door.region.answers.set('task.get', () => ({
    id,
    kind: 'vm.create',
    state: (looks += 1) % 2 === 1 ? 'running' : 'succeeded',
    target: { kind: 'vm', id, name: 'my-first-vm' },
    parentId: null,
    progress: 1,
    currentStep: null,
    cancellable: false,
    retryable: false,
    actor: { id, name: 'a', address: null },
    error: null,
    createdAt: '2026-01-31T08:00:00.000Z',
    startedAt: null,
    finishedAt: null,
    steps: [],
    log: [],
    children: [],
  }));
  const { stdout } = await run('bash', ['--norc', '-euo', 'pipefail', '-c', blocks.join('\n')], {
    env: {
      PATH: `${dirname(file('../bin/basalt'))}:${process.env['PATH'] ?? ''}`,
      LANG: 'en_US.UTF-8',
      XDG_CONFIG_HOME: '/nonexistent',
      BASALT_URL: door.url,
      BASALT_PUBLIC_KEY: key.publicKey,
      BASALT_PRIVATE_KEY: key.privateKey,
      BASALT_REGION: 'region-1',
    },
    timeout: 150_000,
  });
  expect(stdout).toContain('admin@basalt.local');
  expect(stdout).toContain('the task has succeeded');
  const created = door.region.calls.filter(({ name }) => name === 'vm.create').map(({ input }) => input);
  expect(created).toMatchObject([
    {
      name: 'my-first-vm',
      imageId: id,
      vcpu: 2,
      memory: 4 * 2 ** 30,
      nics: [{ networkId: id }],
      requestToken: expect.any(String),
    },
    { name: 'my-second-vm', vcpu: 2, memory: 4 * 2 ** 30 },
  ]);
  expect(door.region.calls.every(({ actor }) => actor.via === 'api')).toBe(true);
}, 180_000);

it('[API-02] docs/api.md names only error codes that exist', () => {
  for (const code of ['signatureInvalid', 'personRequired', 'invalidInput', 'tokenReused', 'tooManyRequests']) {
    expect(text).toContain(code);
    expect(Object.keys(errorTable)).toContain(code);
  }
});
