import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { postgresForTest } from '@basalt/service';
import type * as Databases from '../lib/databases.ts';

type Module = typeof Databases;
let home: string;
let databases: Module;
const none = { gateway: null, region: null };
const own = { gateway: 'postgres://op:secret@db.example/gw', region: 'postgres://op:secret@db.example/rg' };
const empty = () => Promise.resolve({ state: 'empty' as const });

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'basalt-home-'));
  vi.stubEnv('BASALT_HOME', home);
  vi.resetModules();
  databases = await import('../lib/databases.ts');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true, force: true });
});

test('[BYD-13] databases of one’s own are kept for later commands, for their owner’s eyes only', async () => {
  expect(await databases.databasesSettle(own, false, empty)).toEqual(own);
  expect(statSync(join(home, '.run', 'databases.json')).mode & 0o777).toBe(0o600);
  expect(databases.databasesKept()).toEqual(own);
  expect(await databases.databasesSettle(none, false, empty)).toEqual(own);
  await expect(databases.databasesSettle({ ...own, region: 'postgres://op@other/rg' }, false, empty)).rejects.toThrow(
    /REGION_DATABASE_URL names another database .*\(postgres:\/\/op@db\.example\/rg\)/u,
  );
});

test('[BYD-13] an embedded platform is not silently exchanged for an empty one', async () => {
  await expect(databases.databasesSettle(own, true, empty)).rejects.toThrow('its own PostgreSQL under .run/');
});

test('[BYD-13] a reset says what it leaves, without the password', () => {
  const text = databases.databasesLeft({ ...none, region: own.region }).join('\n');
  expect(text).toContain('region: postgres://op@db.example/rg');
  expect(text).not.toMatch(/secret|gateway/u);
  expect(databases.databasesLeft(none)).toEqual([]);
  expect(databases.databasesLeft(null)).toEqual([]);
});

test('[BYD-13] a word that is no URL, one database for both, one that is used and one that is not there are refused', async () => {
  expect(() => databases.databasesGiven({ REGION_DATABASE_URL: 'localhost:5432' })).toThrow(
    'REGION_DATABASE_URL must be',
  );
  expect(databases.databasesGiven({ GATEWAY_DATABASE_URL: own.gateway })).toEqual({ ...none, gateway: own.gateway });
  await using server = await postgresForTest();
  const url = await server.database();
  await expect(databases.databasesSettle({ gateway: url, region: url }, false)).rejects.toThrow('two databases');
  await expect(
    databases.databasesSettle({ ...none, region: url.replace(/[^/]+$/u, 'nowhere') }, false),
  ).rejects.toThrow(/nowhere of REGION_DATABASE_URL cannot be used: database "nowhere" does not exist/u);
  expect(databases.databasesKept()).toBeNull();
  const used = () => Promise.resolve({ state: 'used' as const });
  await expect(databases.databasesSettle({ ...none, region: url }, false, used)).rejects.toThrow(
    'already holds tables',
  );
  const second = await server.database();
  expect(await databases.databasesSettle({ ...none, region: second }, false)).toEqual({ ...none, region: second });
});
