import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { createInput, emptyForm } from './create-form.ts';
import { curlText, shellWord } from './curl-text.ts';

test('[API-01] the shown command sends what the form sends, and never the password', () => {
  const form = { ...emptyForm, name: "it's", login: 'password' as const, password: 'correct horse' };
  const text = curlText('https://basalt.example', createInput(form, 'hz1'));
  expect(text).toContain("curl -X POST 'https://basalt.example/api/v1/regions/hz1/vms'");
  expect(text).not.toContain('correct horse');
  // A shell reads the body back as it was.
  const body = execFileSync('sh', ['-c', `printf %s ${text.slice(text.indexOf('-d ') + 3)}`], { encoding: 'utf8' });
  expect(JSON.parse(body)).toMatchObject({ name: "it's", count: 1, password: '********' });
});

test('[API-01] a word stays one word in a shell', () => {
  expect(execFileSync('sh', ['-c', `printf %s ${shellWord("a'b $HOME `c`")}`], { encoding: 'utf8' })).toBe(
    "a'b $HOME `c`",
  );
});
