import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

test('[AUD-01] secrets are cut out of the log at any depth in use', () => {
  const program =
    "import { logger } from './packages/service/src/log.ts'; logger('t').info({ password: 's3cr3t', a: { token: 's3cr3t', b: { key: 's3cr3t', c: { cookie: 's3cr3t' } } }, kept: 'visible' }, 'x')";
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  expect(stdout).toContain('visible');
  expect(stdout).toContain('[redacted]');
  expect(stdout).not.toContain('s3cr3t');
});
