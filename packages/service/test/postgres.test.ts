import pg from 'pg';
import { expect, test } from 'vitest';
import { postgresForTest } from '../src/index.ts';

test('[BYD-13] embedded PostgreSQL serves UTF-8 databases with trigram search and transactions', async () => {
  await using server = await postgresForTest();
  const client = new pg.Client({ connectionString: await server.database() });
  await client.connect();
  try {
    await client.query('create extension pg_trgm');
    const { rows } = await client.query(
      "select '玄武' as name, similarity('basalt', 'basal') > 0.5 as near, current_setting('server_encoding') as encoding",
    );
    expect(rows).toEqual([{ name: '玄武', near: true, encoding: 'UTF8' }]);
  } finally {
    await client.end();
  }
});
