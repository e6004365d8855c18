import { procedures, type Procedure, type ProcedureTree } from '@basalt/contract';
import { expect, test } from 'vitest';
import { z } from 'zod';
import en from '../../messages/en-US/operationLog.json';
import zh from '../../messages/zh-CN/operationLog.json';
import { fieldWord } from './field-words.ts';

const wordIn = (messages: { fieldNames: Readonly<Record<string, string>> }) => (key: string) =>
  messages.fieldNames[key];
const languages = [wordIn(zh), wordIn(en)];

/** What an operation is asked with: which one, how often, proofs and secrets, none of which is a changed value. */
const notLogged = /^(?:id|ids|requestToken|version|token|ticket|answer|challenge|code|current|sessionId|action)$/u;
/** Told under another name, see `elsewhere`. */
const toldOtherwise = /^(?:bindings|to|from|settings)(?:\.|$)/u;

function inner(schema: unknown): unknown {
  let found = schema;
  while (found instanceof z.ZodOptional || found instanceof z.ZodDefault || found instanceof z.ZodNullable)
    found = found.unwrap();
  return found;
}

function paths(schema: unknown, path = ''): string[] {
  const found = inner(schema);
  if (!(found instanceof z.ZodObject)) return [path];
  return Object.entries(found.shape).flatMap(([key, value]) =>
    path === '' && (notLogged.test(key) || toldOtherwise.test(key))
      ? []
      : paths(value, path === '' ? key : `${path}.${key}`),
  );
}

const areas = [
  'account',
  'accountGroup',
  'role',
  'apiKey',
  'myAccount',
  'loginPolicy',
  'mail',
  'operationLog',
  'notificationGroup',
  'webhook',
] as const;

/** What the gateway tells that was not asked for so: `apps/gateway/src/routes` and `identity`. */
const elsewhere: readonly (readonly [module: string, ...fields: string[]])[] = [
  ['account', 'roles', 'sessionsEnded', 'frozen', 'locked', 'session', 'address', 'client', 'until', 'asked'],
  ['accountGroup', 'roles', 'members'],
  ['role', 'permissions.added', 'permissions.removed', 'of'],
  ['apiKey', 'publicKey'],
  ['myAccount', 'twoFactor', 'asked'],
  ['session', 'session', 'email', 'mailed', 'reason', 'method', 'left', 'locale', 'theme'],
  ['mail', 'credentials', 'to', 'ok', 'stage'],
  ['operationLog', 'rows', 'ok', 'entries', 'firstBad', 'notificationGroup'],
  ['webhook', 'ok', 'stage', 'status', 'oldUntil', 'skipped.region-1'],
];

test('[AUD-01] every value that operations on accounts, roles, keys, settings and webhooks change has a word', () => {
  const tree: ProcedureTree = procedures;
  const asked = areas.flatMap((area) =>
    Object.values<Procedure>(tree[area] ?? {})
      .filter(({ kind }) => kind === 'mutation')
      .flatMap(({ input }) => paths(input).map((field) => [area, field] as const)),
  );
  expect(asked.length).toBeGreaterThan(60);
  const told = elsewhere.flatMap(([module, ...fields]) => fields.map((field) => [module, field] as const));
  const wordless = [...asked, ...told].filter(
    ([module, field]) => !languages.every((word) => fieldWord(module, field, word).known),
  );
  expect(wordless).toEqual([]);
});

test('[AUD-01] so has everything that a virtual machine is made of, and a network', () => {
  for (const { input } of [procedures.vm.create, procedures.vm.update, procedures.network.create])
    for (const field of paths(input))
      for (const word of languages) expect(fieldWord('vm', field, word), field).toMatchObject({ known: true });
});

test('[AUD-01] the same name means what it means in its module', () => {
  expect(fieldWord('mail', 'host', wordIn(zh)).text).toBe('发件服务器');
  expect(fieldWord('operationLog', 'host', wordIn(en)).text).toBe('Syslog server');
  expect(fieldWord('loginPolicy', 'password.minLength', wordIn(en)).text).toBe('Minimum length of passwords');
  expect(fieldWord('role', 'permissions.added', wordIn(zh)).text).toBe('权限 · 增加');
});

test('[AUD-01] what nobody has a word for keeps its name', () => {
  expect(fieldWord('vm', 'quantum', wordIn(en))).toEqual({ text: 'quantum', known: false });
  expect(fieldWord('vm', 'quantum.name', wordIn(en))).toEqual({ text: 'quantum.name', known: false });
  expect(fieldWord('webhook', 'skipped.region-7', wordIn(en)).text).toBe('Sequence numbers skipped · region-7');
});
