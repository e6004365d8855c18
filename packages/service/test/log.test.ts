import { expect, test } from 'vitest';
import { logger } from '../src/log.ts';
import { secretsCut } from '../src/redact.ts';

/** The lines that `write` makes. */
function linesOf(write: (log: ReturnType<typeof logger>) => void): string {
  const lines: string[] = [];
  write(logger('t', 'info', { write: (line) => void lines.push(line) }));
  return lines.join('');
}

const secretNames = [
  'password',
  'newPassword',
  'secret',
  'token',
  'x-auth-token',
  'authorization',
  'cookie',
  'set-cookie',
  'privateKey',
  'private_key',
  'code',
  'ticket',
  'key',
  'current',
];

test.each(secretNames)('[AUD-01] %s is cut out of the log at any depth', (name) => {
  const deep = Array.from({ length: 9 }).reduce<unknown>((inner) => ({ a: [inner] }), { [name]: 's3cr3t' });
  const text = linesOf((log) => {
    log.info({ [name]: 's3cr3t', deep, under: { [name]: { more: ['s3cr3t'] } }, kept: 'visible' }, 'x');
    log.info({ nested: { [name]: 271_828 } }, 'x');
    log.child({ region: 'r' }).warn({ list: [{ [name]: 's3cr3t' }] }, 'y');
  });
  expect(text).toContain('visible');
  expect(text).toContain('[redacted]');
  expect(text).not.toContain('s3cr3t');
  expect(text).not.toContain('271828');
});

test('[AUD-01] errors are told with code and causes, without what a statement was given and without secrets they carry', () => {
  const cause = Object.assign(new Error('duplicate'), { code: '23505', password: 's3cr3t' });
  const error = Object.assign(
    new Error('Failed query: insert into account values ($1)\nparams: s3cr3t,\nmore s3cr3t', { cause }),
    {
      params: ['s3cr3t'],
      request: { headers: { cookie: 's3cr3t' } },
    },
  );
  const text = linesOf((log) => log.error({ error, region: 'r1' }, 'a call failed'));
  expect(JSON.parse(text)).toMatchObject({
    region: 'r1',
    error: { message: expect.stringContaining('insert into'), cause: { code: '23505' } },
  });
  expect(text).toContain('log.test.ts');
  expect(text).not.toContain('s3cr3t');
});

test('[AUD-01] what turns back to itself is written all the same', () => {
  const loop: Record<string, unknown> = { name: 'visible' };
  loop['self'] = loop;
  expect(linesOf((log) => log.info({ loop }, 'x'))).toContain('visible');
});

test('[AUD-01] of changed values a policy about passwords stays, a password does not', () => {
  expect(
    secretsCut({
      password: { minLength: { from: 8, to: 10 }, expiryEnforced: { from: true, to: false } },
      mail: { password: { from: 'old', to: 'new' } },
      name: { from: 'a', to: 'b' },
      at: new Date(0),
    }),
  ).toEqual({
    password: { minLength: { from: 8, to: 10 }, expiryEnforced: { from: true, to: false } },
    mail: { password: { from: '[redacted]', to: '[redacted]' } },
    name: { from: 'a', to: 'b' },
    at: new Date(0),
  });
});
