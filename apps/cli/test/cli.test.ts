import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { BasaltError, procedures } from '@basalt/contract';
import type { TestPostgres } from '@basalt/service';
import { doorOpen, postgresOpen, type Door } from '../../gateway/test/harness.ts';
import { keyCreate, type TestKey } from '../../gateway/test/signed.ts';
import { fieldsOf, inputMake, kebab, valueOf } from '../src/fields.ts';
import { answerText, tableText } from '../src/output.ts';
import { wordsIn } from '../src/words.ts';

// every command is a process of its own, which takes its time on a busy machine
vi.setConfig({ testTimeout: 180_000 });
const basalt = fileURLToPath(new URL('../bin/basalt', import.meta.url));
const id = '01932f5e-8d2a-7c41-9f3b-5a6e7d8c9b0a';
const say = wordsIn('en-US');
let postgres: TestPostgres;
let door: Door;
let key: TestKey;
let home: string;
beforeAll(async () => {
  postgres = await postgresOpen();
  door = await doorOpen(postgres);
  await door.accountAdd('admin@basalt.local', 'systemAdmin');
  key = await keyCreate(door, await door.signIn('admin@basalt.local'));
  home = mkdtempSync(join(tmpdir(), 'basalt-cli-'));
}, 60_000);
afterAll(async () => {
  rmSync(home, { recursive: true, force: true });
  await door.close();
  await postgres[Symbol.asyncDispose]();
});
beforeEach(() => door.region.answers.clear());

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function run(
  args: readonly string[],
  given: { env?: Readonly<Record<string, string>>; input?: string; as?: string } = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const env = {
      PATH: process.env['PATH'] ?? '',
      XDG_CONFIG_HOME: join(home, 'config'),
      LANG: 'en_US.UTF-8',
      ...given.env,
    };
    const child = execFile(given.as ?? basalt, [...args], { env, timeout: 60_000 }, (error, out, err) =>
      resolve({ code: error ? Number(error.code ?? -1) : 0, out, err }),
    );
    child.stdin?.end(given.input ?? '');
  });
}
const keyed = (): Readonly<Record<string, string>> => ({
  BASALT_URL: door.url,
  BASALT_PUBLIC_KEY: key.publicKey,
  BASALT_PRIVATE_KEY: key.privateKey,
  BASALT_REGION: 'region-1',
});

describe('profiles', () => {
  it('[API-04] keep the private key in a file that only its owner reads, and say who one is', async () => {
    const made = await run(['configure', '--url', door.url, '--public-key', key.publicKey, '--region', 'region-1'], {
      input: `${key.privateKey}\n`,
    });
    expect(made).toMatchObject({ code: 0, out: expect.stringContaining('default') });
    const directory = join(home, 'config', 'basalt');
    for (const file of ['config.json', 'keys/default'])
      expect(statSync(join(directory, file)).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(directory, 'config.json'), 'utf8')).not.toContain(key.privateKey);
    const me = await run(['whoami']);
    expect(me.out).toContain('admin@basalt.local');
    const asJson = JSON.parse((await run(['whoami', '--output', 'json'])).out) as {
      permissions: string[];
      publicKey: string;
    };
    expect(asJson.publicKey).toBe(key.publicKey);
    expect(asJson.permissions).toContain('vm:read');
    expect((await run(['profiles', '--output', 'yaml'])).out).toContain('current: true');
  });

  it('[API-04] are several; a key file that others read is refused', async () => {
    const file = join(home, 'other.key');
    writeFileSync(file, key.privateKey, { mode: 0o644 });
    chmodSync(file, 0o644);
    const args = [
      'configure',
      '--profile',
      'other',
      '--url',
      door.url,
      '--public-key',
      key.publicKey,
      '--private-key-file',
      file,
    ];
    expect(await run(args)).toMatchObject({ code: 2, err: expect.stringContaining('chmod 600') });
    chmodSync(file, 0o600);
    expect((await run(args)).code).toBe(0);
    expect((await run(['whoami', '--profile', 'other'])).code).toBe(0);
    expect(await run(['whoami', '--profile', 'nobody'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('nobody'),
    });
  });

  it('[API-04] are not needed where the environment has the key; without either it says what to do', async () => {
    const nowhere = { XDG_CONFIG_HOME: join(home, 'empty') };
    expect((await run(['whoami'], { env: { ...keyed(), ...nowhere } })).code).toBe(0);
    expect(await run(['whoami'], { env: nowhere })).toMatchObject({
      code: 2,
      err: expect.stringContaining('basalt configure'),
    });
  });
});

describe('calls', () => {
  it('[API-04] list as a table, as JSON and as YAML, in the region of the profile', async () => {
    const table = await run(['vm', 'list', '--limit', '5', '--filter-state', 'running,stopped'], { env: keyed() });
    expect(table.out).toMatch(/^ID +NAME +STATE/u);
    expect(table.out).toContain('web-1');
    expect(door.region.calls.at(-1)).toMatchObject({
      name: 'vm.list',
      input: { region: 'region-1', limit: 5, filter: { state: ['running', 'stopped'] } },
    });
    const json = JSON.parse(
      (await run(['vm', 'list', '--output', 'json', '--fields', 'id,name'], { env: keyed() })).out,
    ) as { items: object[] };
    expect(Object.keys(json.items[0] ?? {})).toEqual(['id', 'name']);
    expect((await run(['vm', 'list', '--output', 'yaml'], { env: keyed() })).out).toMatch(/^items:\n {2}- id:/u);
  });

  it('[API-04] take their input from options, from JSON, and names for ids', async () => {
    await run(
      [
        'vm',
        'create',
        '--json',
        '{"name":"from json","count":2}',
        '--name',
        'web-9',
        '--image-id',
        id,
        '--memory',
        '4GiB',
        '--system-disk-size',
        '40GiB',
        '--nics',
        `networkId=${id}`,
        '--start',
        'false',
      ],
      { env: keyed() },
    );
    expect(door.region.calls.at(-1)).toMatchObject({
      name: 'vm.create',
      input: {
        name: 'web-9',
        count: 2,
        imageId: id,
        memory: 4 * 2 ** 30,
        systemDisk: { size: 40 * 2 ** 30 },
        nics: [{ networkId: id }],
        start: false,
      },
    });
    await run(['vm', 'start', 'web-1'], { env: keyed() });
    expect(door.region.calls.at(-1)).toMatchObject({ name: 'vm.start', input: { id } });
    expect(await run(['vm', 'start', 'web-404'], { env: keyed() })).toMatchObject({
      code: 2,
      err: expect.stringContaining('web-404'),
    });
  });

  it('[API-04] wait for their tasks and show how they go on; a task that fails has its own code', async () => {
    const task = (state: string, progress: number) => ({
      id,
      kind: 'vm.start',
      state,
      target: { kind: 'vm', id, name: 'web-1' },
      parentId: null,
      progress,
      currentStep: 'startDomain',
      cancellable: false,
      retryable: false,
      actor: { id, name: 'a', address: null },
      error: state === 'failed' ? new BasaltError('noHostFits', { reason: 'memory' }).shape('en-US') : null,
      createdAt: '2026-01-31T08:00:00.000Z',
      startedAt: null,
      finishedAt: null,
      steps: [],
      log: [],
      children: [],
    });
    const states = [task('running', 0.25), task('succeeded', 1)];
    door.region.answers.set('task.get', () => states.shift() ?? task('succeeded', 1));
    const done = await run(['vm', 'start', id, '--wait'], { env: keyed() });
    expect(done).toMatchObject({
      code: 0,
      err: expect.stringMatching(/web-1 vm\.start {2}25% running startDomain\n.*100% succeeded/u),
    });
    door.region.answers.set('task.get', () => task('failed', 0.5));
    const failed = await run(['vm', 'start', id, '--wait'], { env: keyed() });
    expect(failed).toMatchObject({ code: 4, err: expect.stringContaining('No host can take it: memory') });
  });

  it('[API-04] read all pages when asked', async () => {
    const names = Array.from({ length: 3 }, (_, n) => `page-${n}`);
    const cookie = await door.signIn('admin@basalt.local');
    for (const name of names) await keyCreate(door, cookie, { name });
    const all = JSON.parse(
      (await run(['api-key', 'list', '--limit', '1', '--all', '--output', 'json'], { env: keyed() })).out,
    ) as { items: { name: string }[] };
    expect(all.items.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
  });
});

describe('errors', () => {
  it.each([
    ['en_US.UTF-8', /must be|too big|<=200|≤|200/iu],
    ['zh_CN.UTF-8', /[\u4E00-\u9FFF]/u],
  ])('[API-04] are told in the language of %s, with code and request id', async (LANG, text) => {
    const refused = await run(['vm', 'list', '--limit', '5000'], { env: { ...keyed(), LANG } });
    expect(refused.code).toBe(1);
    expect(refused.err).toMatch(text);
    expect(refused.err).toMatch(/invalidInput, .*[0-9a-f-]{36}/u);
    expect(refused.out).toBe('');
  });

  it('[API-04] have codes of their own: wrong use, not reached, refused', async () => {
    expect((await run(['vm', 'lst'], { env: keyed() })).code).toBe(2);
    expect((await run(['vm', 'list', '--colour', 'red'], { env: keyed() })).code).toBe(2);
    expect((await run(['vm', 'get'], { env: keyed() })).code).toBe(2);
    expect((await run(['vm', 'list', '--limit', 'many'], { env: keyed() })).code).toBe(2);
    expect((await run(['whoami', '--url', 'http://127.0.0.1:1'], { env: keyed() })).code).toBe(3);
    expect((await run(['my-account', 'create-api-key', '--name', 'x'], { env: keyed() })).code).toBe(1);
  });
});

describe('help and completion', () => {
  it('[API-04] every procedure is a command; help speaks the language of the terminal', async () => {
    const [english, chinese] = [
      await run(['vm', '--help']),
      await run(['vm', '--help'], { env: { LANG: 'zh_CN.UTF-8' } }),
    ];
    for (const verb of Object.keys(procedures.vm)) expect(english.out).toContain(kebab(verb));
    expect(english.out).toMatch(/^Usage: basalt vm[\s\S]*Create virtual machines/u);
    expect(chinese.out).toMatch(/^用法： basalt vm[\s\S]*创建虚拟机[\s\S]*显示帮助/u);
    const top = await run(['--help']);
    for (const area of Object.keys(procedures)) expect(top.out).toContain(`\n  ${kebab(area)}`);
  });

  it('[API-04] bash completes areas, verbs, options and their words, as the contract has them', async () => {
    const { out } = await run(['completion', 'bash']);
    const complete = (...typed: string[]) =>
      new Promise<string[]>((resolve, reject) => {
        const script = `${out}\nCOMP_WORDS=(${typed.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${typed.length - 1}; _basalt; printf '%s\\n' "\${COMPREPLY[@]}"`;
        const child = spawn('bash', ['--norc', '-s'], { stdio: ['pipe', 'pipe', 'inherit'] });
        let text = '';
        child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
        child.once('error', reject);
        child.once('close', () => resolve(text.trim().split('\n')));
        child.stdin.end(script);
      });
    expect(await complete('basalt', 'compute')).toEqual(['compute-cluster']);
    expect(await complete('basalt', 'vm', 'power')).toEqual(['power-off']);
    expect(await complete('basalt', 'vm', 'create', '--im')).toEqual(['--image-id']);
    expect(await complete('basalt', 'vm', 'console', '--protocol', '')).toEqual(['vnc', 'serial']);
    expect(await complete('basalt', 'vm', 'list', '--output', 'j')).toEqual(['json']);
  });

  it('[API-04] zsh and fish have the same words', async () => {
    const [zsh, fish] = [await run(['completion', 'zsh']), await run(['completion', 'fish'])];
    expect(zsh.out).toMatch(/^#compdef basalt/u);
    for (const text of [zsh.out, fish.out])
      for (const word of ['compute-cluster', 'power-off', 'image-id']) expect(text).toContain(word);
    expect(await run(['completion', 'tcsh'])).toMatchObject({ code: 2 });
  });
});

describe('fields', () => {
  const of = (flag: string) => {
    const found = fieldsOf(procedures.vm.create).find((field) => field.flag === flag);
    if (!found) throw new Error(`no ${flag}`);
    return found;
  };

  it('[API-04] read numbers with units, booleans, lists and objects', () => {
    expect(valueOf(of('--memory'), '2GiB', say)).toBe(2 * 2 ** 30);
    expect(valueOf(of('--count'), '3', say)).toBe(3);
    expect(valueOf(of('--start'), true, say)).toBe(true);
    expect(valueOf(of('--nics'), ['networkId=a', '{"networkId":"b"}'], say)).toEqual([
      { networkId: 'a' },
      { networkId: 'b' },
    ]);
    expect(valueOf(of('--dns'), ['10.0.0.1,10.0.0.2'], say)).toEqual(['10.0.0.1', '10.0.0.2']);
    expect(valueOf(of('--ssh-keys'), ['ssh-ed25519 AAAA me, myself'], say)).toEqual(['ssh-ed25519 AAAA me, myself']);
    expect(() => valueOf(of('--firmware'), 'coreboot', say)).toThrow('bios');
    expect(() => valueOf(of('--count'), 'x', say)).toThrow('--count');
  });

  it('[API-04] later values win and leave what stands beside them', () => {
    expect(
      inputMake({ systemDisk: { size: 1, storageClusterId: 'a' }, name: 'x' }, [
        [of('--system-disk-size'), 2],
        [of('--name'), 'y'],
      ]),
    ).toEqual({
      systemDisk: { size: 2, storageClusterId: 'a' },
      name: 'y',
    });
  });

  it('[API-04] tables keep their columns under wide characters, and names cannot steer the terminal', () => {
    expect(
      tableText([
        ['A', 'B'],
        ['虚拟机', 'x'],
        ['vm', 'y'],
      ]),
    ).toBe('A       B\n虚拟机  x\nvm      y');
    const text = answerText({ items: [{ id: '1', name: '\u001B[31mred\u0007' }], total: 1 }, 'table', say);
    // oxlint-disable-next-line no-control-regex -- control characters are exactly what must not be there
    expect(text).not.toMatch(/[\u0007\u001B]/u);
  });
});
