import { execFileSync } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { verifyExamples } from './verify-examples.ts';

test('[API-03] the commands that the page shows compute the signature of a message', () => {
  const directory = mkdtempSync(join(tmpdir(), 'webhook-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const key = randomBytes(32);
  const body = '{"id":"msg_1","text":"时间 % \\\\n"}';
  writeFileSync(join(directory, 'body.json'), body);
  const printed = execFileSync('bash', ['-c', verifyExamples.openssl], {
    cwd: directory,
    input: `whsec_${key.toString('base64')}\nmsg_1\n1700000000\n`,
    encoding: 'utf8',
    timeout: 20_000,
  });
  expect(printed.trim()).toBe(createHmac('sha256', key).update(`msg_1.1700000000.${body}`).digest('base64'));
});
