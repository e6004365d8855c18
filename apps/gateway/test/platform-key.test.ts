import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyRingRead, keyRingTurn, newId, type TestPostgres } from '@basalt/service';
import { mailQueue } from '../src/mail/outbox.ts';
import { platformKeyRotate } from '../src/platform-key.ts';
import { sealedPlaces } from '../src/store/sealed-store.ts';
import { doorOpen, postgresOpen, rest, type Door } from './harness.ts';

const run = promisify(execFile);
let postgres: TestPostgres;
let door: Door;
let cookie: string;
beforeAll(async () => {
  postgres = await postgresOpen();
  door = await doorOpen(postgres);
  await door.accountAdd('admin@basalt.local', 'systemAdmin');
  cookie = await door.signIn('admin@basalt.local');
}, 60_000);
afterAll(async () => {
  await door.close();
  await postgres[Symbol.asyncDispose]();
});

const ringFile = (): string => join(door.directory, 'platform.key');
/** Seals something in every place there is. */
async function fill(): Promise<void> {
  const { db, seal } = door.gateway.parts;
  const secret = (): string => seal.seal('the secret');
  await db.execute('delete from mail_outbox');
  await db.execute('delete from idempotency');
  await db.execute(`update account set totp_secret = '${secret()}', totp_pending = '${secret()}'`);
  await db.execute(
    `insert into api_key (id, account_id, name, public_key, secret) select '${newId()}', id, '${newId()}', '${newId()}', '${secret()}' from account`,
  );
  await db.execute(
    `insert into setting (key, value, version, updated_at, updated_by) values ('mail', '${JSON.stringify({ host: 'h', password: secret() })}', 1, now(), 'x') on conflict (key) do update set value = excluded.value`,
  );
  for (let i = 0; i < 250; i += 1)
    await mailQueue(db, seal, {
      to: `${i}@basalt.test`,
      subject: 's',
      text: 'the secret',
      expiresAt: new Date(Date.now() + 3_600_000),
    });
  await db.execute(
    `insert into idempotency (account_id, token, procedure, input_hash, answer) select id, '${newId()}', 'p', 'h', '${secret()}' from account`,
  );
  await db.execute(
    `insert into webhook (id, name, url, enabled, regions, kinds, ca, header_names, headers, secret, old_secret, created_by_name, updated_by)
     select '${newId()}', '${newId()}', 'https://receiver.test/', false, '{}', '{}', '', '{x}', '${secret()}', '${secret()}', '${secret()}', 'x', 'x'`,
  );
}
/** What lies sealed, opened, by place. */
async function opened(): Promise<Record<string, string[]>> {
  const { db, seal } = door.gateway.parts;
  const found: Record<string, string[]> = {};
  for (const { table, what } of sealedPlaces) {
    const column = table === 'setting' ? `value->>'password'` : what;
    const { rows } = await db.execute<{ text: string }>(
      `select ${column} as text from ${table} where coalesce(${column}, '') <> ''`,
    );
    found[`${table} ${what}`] = rows.map(({ text }) => seal.unseal(text));
  }
  return found;
}
const cli = (...args: string[]): Promise<{ stdout: string }> =>
  run(process.execPath, [join(import.meta.dirname, '../src/cli.ts'), ...args], {
    env: { ...process.env, DATABASE_URL: door.env.databaseUrl, STATE_DIR: door.directory },
    timeout: 90_000,
  });

describe('the platform key', () => {
  it('[AUD-01] is exchanged while the gateway runs: everything is sealed anew and the old key is gone', async () => {
    await fill();
    const before = keyRingRead(ringFile()).current;
    const done = await platformKeyRotate({ db: door.gateway.parts.db, stateDirectory: door.directory, graceMs: 0 });
    expect(done).toMatchObject({ lost: 0, removed: [before] });
    expect([...keyRingRead(ringFile()).keys.keys()]).toEqual([done.key]);
    const found = await opened();
    expect(Object.keys(found)).toHaveLength(sealedPlaces.length);
    for (const [place, texts] of Object.entries(found)) {
      expect(texts.length, place).toBeGreaterThan(0);
      expect(new Set(texts), place).toEqual(new Set(['the secret']));
    }
    expect(found['mail_outbox text']).toHaveLength(250);
  });

  it('[AUD-01] is exchanged to the end when the first try was interrupted', async () => {
    await fill();
    const before = keyRingRead(ringFile()).current;
    // the first try got as far as the new key and some of the values
    const key = keyRingTurn(ringFile());
    const { db, seal } = door.gateway.parts;
    await db.execute(`update account set totp_secret = '${seal.seal('the secret')}'`);
    const done = await platformKeyRotate({ db, stateDirectory: door.directory, graceMs: 0 });
    expect(done).toMatchObject({ key, lost: 0, removed: [before] });
    for (const texts of Object.values(await opened())) expect(new Set(texts)).toEqual(new Set(['the secret']));
  });

  it('[AUD-01] stays as long as there is something that no key opens', async () => {
    await fill();
    const { db } = door.gateway.parts;
    const before = keyRingRead(ringFile()).current;
    await db.execute(`update account set totp_pending = 'v2.deadbeef.AAAA.AAAA.AAAA'`);
    const done = await platformKeyRotate({ db, stateDirectory: door.directory, graceMs: 0 });
    expect(done).toMatchObject({ lost: 1, removed: [] });
    expect(keyRingRead(ringFile()).keys.has(before)).toBe(true);
    await db.execute('update account set totp_pending = null');
    expect((await platformKeyRotate({ db, stateDirectory: door.directory, graceMs: 0 })).removed).toEqual([before]);
  });
});

describe('the command line', () => {
  it('[AUD-04] verifies the log, and its exit code tells', async () => {
    await rest(door, 'POST', '/operation-log/actions/verify', { cookie, body: {} });
    expect((await cli('operation-log-verify')).stdout).toMatch(
      /^\d+ entries, \d+ signed heads, last \d+ [0-9a-f]{64}\nok\n$/u,
    );
    const { db } = door.gateway.parts;
    await db.execute('drop trigger operation_log_kept on operation_log');
    await db.execute(`update operation_log set account_name = 'x' where sequence = 1`);
    await expect(cli('operation-log-verify')).rejects.toMatchObject({
      code: 3,
      stdout: expect.stringContaining('bad: 1: this entry has been changed'),
    });
    const told = await rest(door, 'POST', '/operation-log/actions/verify', { cookie, body: {} });
    expect(told.body).toMatchObject({ ok: false, firstBad: { sequence: 1, why: expect.stringContaining('已被修改') } });
  }, 60_000);

  it('[AUD-01] exchanges the platform key and logs it without the key', async () => {
    const before = readFileSync(ringFile(), 'utf8');
    const { stdout } = await cli('platform-key-rotate');
    expect(stdout).toContain('seals everything');
    expect(readFileSync(ringFile(), 'utf8')).not.toBe(before);
    const { rows } = await door.gateway.parts.db.execute<{ detail: { keyId: string } }>(
      `select detail from operation_log where operation = 'setting.rotatePlatformKey'`,
    );
    const ring = keyRingRead(ringFile());
    expect(rows[0]?.detail.keyId).toBe(ring.current);
    for (const key of ring.keys.values()) expect(JSON.stringify(rows)).not.toContain(key.toString('base64'));
  }, 120_000);
});
