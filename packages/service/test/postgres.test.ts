import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { expect, test } from 'vitest';
import { databaseInspect, postgresForTest } from '../src/index.ts';
import { asOrdinaryUser } from '../src/postgres.ts';

test('[BYD-13] embedded PostgreSQL serves UTF-8 databases with trigram search and transactions', async () => {
  await using server = await postgresForTest();
  const url = await server.database();
  expect(await databaseInspect(url)).toEqual({ state: 'empty' });
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('create extension pg_trgm');
    await client.query('create table anything (id int)');
    expect(await databaseInspect(url)).toEqual({ state: 'used' });
    const { rows } = await client.query(
      "select '玄武' as name, similarity('basalt', 'basal') > 0.5 as near, current_setting('server_encoding') as encoding",
    );
    expect(rows).toEqual([{ name: '玄武', near: true, encoding: 'UTF8' }]);
  } finally {
    await client.end();
  }
});

test('[BYD-13] a program below a directory that only root may enter is found by the ordinary user that PostgreSQL runs as', async () => {
  const root = mkdtempSync(join(tmpdir(), 'basalt-private-'));
  try {
    mkdirSync(join(root, 'checkout'));
    const program = join(root, 'checkout', 'program');
    writeFileSync(program, '#!/bin/sh\nexit 0\n');
    chmodSync(program, 0o755);
    chmodSync(root, 0o700);
    const [file = '', ...args] = asOrdinaryUser(['/usr/bin/test', '-x', program]);
    await expect(promisify(execFile)(file, args, { timeout: 10_000 })).resolves.toBeDefined();
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
