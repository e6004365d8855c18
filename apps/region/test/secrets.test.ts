import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId, sealer } from '@basalt/service';
import { enrolTokenCreate } from '../src/domain/host/enrol.ts';
import * as schema from '../src/store/schema/index.ts';
import { fixtureOpen, type Fixture } from './region-fixture.ts';

let f: Fixture;
beforeAll(async () => {
  f = await fixtureOpen();
});
afterAll(() => f[Symbol.asyncDispose]());

test('[HOST-02] a repeated request gives the same token, and no table holds it', async () => {
  const input = { hostName: 'node-1', requestToken: newId<string>() };
  const first = await enrolTokenCreate(f.context(), input);
  const again = await enrolTokenCreate(f.context(), input);
  expect(again).toEqual(first);
  const rows = [
    await f.db.select().from(schema.enrolTokens),
    await f.db.select().from(schema.idempotency),
    await f.db.select().from(schema.operationLog),
    await f.db.select().from(schema.outbox),
  ];
  expect(rows[0]).toHaveLength(1);
  expect(JSON.stringify(rows)).not.toContain(first.token);
});

test('[VM-08] what is sealed opens with its key only, unchanged only', () => {
  const own = sealer(Buffer.alloc(32, 1));
  const sealed = own.seal('päss 字');
  expect(own.unseal(sealed)).toBe('päss 字');
  expect(own.seal('päss 字')).not.toBe(sealed);
  expect(() => sealer(Buffer.alloc(32, 2)).unseal(sealed)).toThrow();
  const parts = sealed.split('.');
  expect(() => own.unseal([...parts.slice(0, 3), Buffer.from('other').toString('base64url')].join('.'))).toThrow();
});
