/**
 * Turns the data tables under ../tables (states × actions, permissions, operations) into typed constants, so that
 * domain, console and simulator read one and the same table. Run with `pnpm --filter @basalt/contract generate`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'yaml';

interface StateTable {
  states: { key: string; zh: string; en: string; color: string; kind: string }[];
  actions: { key: string; zh: string; en: string; permission: string }[];
  reasons: Record<string, { zh: string; en: string }>;
  matrix: Record<string, { allowed: string[]; refused: Record<string, string[]> }>;
}

const tables = new URL('../tables/', import.meta.url);
const read = (file: string): unknown => parse(readFileSync(new URL(file, tables), 'utf8'));

const emit = (name: string, value: unknown): string =>
  `export const ${name} = ${JSON.stringify(value, null, 1)} as const;\n`;

function stateTable(kind: string): string {
  const table = read(`${kind}-states.yaml`) as StateTable;
  const refused: Record<string, Record<string, string>> = {};
  for (const [state, row] of Object.entries(table.matrix)) {
    const reasons: Record<string, string> = {};
    for (const [reason, actions] of Object.entries(row.refused ?? {}))
      for (const action of actions) reasons[action] = reason;
    for (const { key } of table.actions) {
      const known = Number(row.allowed.includes(key)) + Number(key in reasons);
      if (known !== 1) throw new Error(`${kind}: action ${key} stands ${known} times in state ${state}`);
    }
    refused[state] = reasons;
  }
  const labels = (rows: { key: string; zh: string; en: string }[]) =>
    Object.fromEntries(rows.map(({ key, zh, en }) => [key, { 'zh-CN': zh, 'en-US': en }]));
  return emit(`${kind}StateTable`, {
    states: Object.fromEntries(
      table.states.map((s) => [s.key, { label: { 'zh-CN': s.zh, 'en-US': s.en }, color: s.color, kind: s.kind }]),
    ),
    actions: Object.fromEntries(
      table.actions.map((a) => [a.key, { label: { 'zh-CN': a.zh, 'en-US': a.en }, permission: a.permission }]),
    ),
    reasons: labels(Object.entries(table.reasons).map(([key, text]) => ({ key, ...text }))),
    refused,
  });
}

interface PermissionTable {
  groups: { key: string; zh: string; en: string }[];
  resources: Record<
    string,
    {
      group: string;
      zh: string;
      en: string;
      scope: string;
      permissions: { key: string; zh: string; en: string; kind: string }[];
    }
  >;
  roles: Record<
    string,
    { zh: string; en: string; level: string; dataScope: string; allow: string[]; deny: string[]; size: number }
  >;
  roleRules: { exclusive: { roles: string[]; when: string }[] };
}

const conditions: Readonly<Record<string, string>> = {
  always: 'always',
  'separation of duties is on': 'dutySeparation',
};

/** Roles of which one account may hold one only. */
function exclusiveRoles(table: PermissionTable): { roles: string[]; when: string }[] {
  return table.roleRules.exclusive.map(({ roles, when }) => {
    const condition = conditions[when];
    if (condition === undefined) throw new Error(`roleRules: "${when}" is no condition that is known`);
    for (const role of roles) if (!(role in table.roles)) throw new Error(`roleRules: there is no role ${role}`);
    return { roles, when: condition };
  });
}

function permissions(): string {
  const table = read('permissions.yaml') as PermissionTable;
  const all = Object.entries(table.resources).flatMap(([resource, r]) =>
    r.permissions.map((p) => ({ ...p, resource, scope: r.scope })),
  );
  const matches = (pattern: string, key: string): boolean =>
    new RegExp(`^${pattern.replaceAll('*', '.*')}$`, 'u').test(key);
  const roles = Object.fromEntries(
    Object.entries(table.roles).map(([key, role]) => {
      const keys = all
        .map((p) => p.key)
        .filter((k) => role.allow.some((a) => matches(a, k)) && !role.deny.some((d) => matches(d, k)));
      if (keys.length !== role.size)
        throw new Error(`role ${key} resolves to ${keys.length} keys, the table says ${role.size}`);
      const label = { 'zh-CN': role.zh, 'en-US': role.en };
      const dataScope = role.dataScope === 'own resources' ? 'own' : 'all';
      return [key, { label, level: role.level, dataScope, permissions: keys }];
    }),
  );
  return [
    emit(
      'permissionTable',
      Object.fromEntries(
        all.map((p) => [
          p.key,
          { label: { 'zh-CN': p.zh, 'en-US': p.en }, resource: p.resource, kind: p.kind, scope: p.scope },
        ]),
      ),
    ),
    emit(
      'resourceTable',
      Object.fromEntries(
        Object.entries(table.resources).map(([key, r]) => [
          key,
          { label: { 'zh-CN': r.zh, 'en-US': r.en }, group: r.group, scope: r.scope },
        ]),
      ),
    ),
    emit('builtInRoles', roles),
    emit('exclusiveRoles', exclusiveRoles(table)),
  ].join('\n');
}

interface OperationTable {
  modules: { key: string; zh: string; en: string }[];
  operations: { api: string; module: string; permission: string | null; zh: string; en: string }[];
}

function operations(): string {
  const table = read('operations.yaml') as OperationTable;
  return [
    emit(
      'operationTable',
      Object.fromEntries(
        table.operations.map((o) => [
          o.api,
          { module: o.module, permission: o.permission, label: { 'zh-CN': o.zh, 'en-US': o.en } },
        ]),
      ),
    ),
    emit('moduleTable', Object.fromEntries(table.modules.map((m) => [m.key, { 'zh-CN': m.zh, 'en-US': m.en }]))),
  ].join('\n');
}

/** Every generated file by name, so that a test can compare them with what is committed. */
export function generate(): Record<string, string> {
  const head = '// Generated by tools/generate.ts from packages/contract/tables. Do not edit.\n';
  return {
    'states.ts': head + ['vm', 'disk', 'image', 'host'].map(stateTable).join('\n'),
    'permissions.ts': head + permissions(),
    'operations.ts': head + operations(),
  };
}

if (import.meta.main) {
  for (const [file, text] of Object.entries(generate())) {
    writeFileSync(new URL(`../src/gen/${file}`, import.meta.url), text);
  }
}
