import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  actionRefusal,
  errorTable,
  procedures,
  permissionTable,
  refusalText,
  rolePermissions,
  stateTables,
  type Procedure,
} from '../src/index.ts';
import { operationTable } from '../src/gen/operations.ts';
import { generate } from '../tools/generate.ts';

test('[VM-04] the generated tables are those of the data files', () => {
  for (const [file, text] of Object.entries(generate())) {
    expect(readFileSync(new URL(`../src/gen/${file}`, import.meta.url), 'utf8'), file).toBe(text);
  }
});

test('[VM-04] every refused action has a reason in both languages with its places filled', () => {
  for (const kind of ['vm', 'disk', 'image', 'host'] as const) {
    for (const state of Object.keys(stateTables[kind].refused) as never[]) {
      for (const action of Object.keys(stateTables[kind].actions) as never[]) {
        const reason = actionRefusal(kind, state, action);
        if (reason === null) continue;
        for (const locale of ['zh-CN', 'en-US'] as const) {
          const text = refusalText(kind, reason, state, action, locale);
          expect(text.length).toBeGreaterThan(3);
          expect(text).not.toMatch(/\{\w+\}/u);
        }
      }
    }
  }
  expect(actionRefusal('vm', 'running', 'start')).toBe('alreadyRunning');
  expect(actionRefusal('vm', 'stopped', 'start')).toBeNull();
});

const all = Object.entries(procedures as Record<string, Record<string, Procedure>>).flatMap(([area, tree]) =>
  Object.entries(tree).map(([verb, procedure]) => ({ name: `${area}.${verb}`, ...procedure })),
);

test('[IAM-05] every procedure declares an access that exists; every mutation names its operation', () => {
  for (const p of all) {
    expect(p.access === 'public' || p.access === 'session' || p.access in permissionTable, p.name).toBe(true);
    if (p.kind === 'mutation' && p.name !== 'vm.preview' && p.name !== 'vm.bulk') {
      expect(p.operation, p.name).toBeDefined();
      expect(Object.keys(operationTable), `${p.name} writes ${p.operation}`).toContain(p.operation);
    }
  }
});

test('[API-01] no two procedures share a REST path and method', () => {
  const paths = all.map((p) => `${p.rest.method} ${p.rest.path}`);
  expect(new Set(paths).size).toBe(paths.length);
});

test('[IAM-03] the read-only roles hold no permission that changes anything', () => {
  const changing = rolePermissions('systemReadonly').filter(
    (p) => permissionTable[p].kind !== 'read' && !p.startsWith('myAccount:'),
  );
  expect(changing).toEqual([]);
});

test('[BRD-06] every error has a text in both languages with the same places', () => {
  const places = (text: string) => [...text.matchAll(/\{(\w+)\}/gu)].map((m) => m[1] ?? '').toSorted();
  for (const [code, { text }] of Object.entries(errorTable))
    expect(places(text['zh-CN']), code).toEqual(places(text['en-US']));
});
