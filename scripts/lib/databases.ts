/**
 * Which databases a checkout's platform lives in: those of its own embedded PostgreSQL, or servers of the operator's, given
 * by GATEWAY_DATABASE_URL and REGION_DATABASE_URL at the first start. What was given is kept (it holds a password, hence
 * 0600), so that every later command finds it without being told; another one later is a mistake and is refused.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { databaseInspect, type DatabaseFound } from '@basalt/service';
import { z } from 'zod';
import { inRun } from './paths.ts';

const names = ['gateway', 'region'] as const;
export type DatabaseName = (typeof names)[number];
/** Null = in the embedded server. */
export type Databases = Readonly<Record<DatabaseName, string | null>>;

const url = z.url({ protocol: /^postgres(?:ql)?$/u });
const schema = z.object({ gateway: url.nullable(), region: url.nullable() });
const file = (): string => inRun('databases.json');
const variable = (name: DatabaseName): string => `${name.toUpperCase()}_DATABASE_URL`;

/** Server and database without the password, for sentences. */
export function databaseTitle(text: string): string {
  const { username, host, pathname } = new URL(text);
  return `postgres://${username ? `${username}@` : ''}${host}${pathname}`;
}

/** What the environment says. @throws Error for what is not a URL of PostgreSQL. */
export function databasesGiven(env: NodeJS.ProcessEnv = process.env): Databases {
  const given = (name: DatabaseName): string | null => {
    const text = env[variable(name)];
    if (!text) return null;
    if (!url.safeParse(text).success)
      throw new Error(`${variable(name)} must be a URL as postgres://user:password@host:port/database.`);
    return text;
  };
  return { gateway: given('gateway'), region: given('region') };
}

/** What this checkout was started with; null before the first start. */
export const databasesKept = (): Databases | null =>
  existsSync(file()) ? schema.parse(JSON.parse(readFileSync(file(), 'utf8'))) : null;

const refusals: Readonly<Record<Exclude<DatabaseFound['state'], 'empty'>, string>> = {
  used: 'already holds tables. A new platform needs an empty one: the keys of whatever is in it are not here.',
  old: 'is on a PostgreSQL older than 14.',
};

/**
 * Decides where the databases are, and keeps it. Servers of one's own are looked at before anything is written to them.
 * @param embedded whether the embedded server already holds data of this checkout
 * @throws Error in words for the operator: another database than before, one that cannot be reached, or one that is in use.
 */
export async function databasesSettle(
  given: Databases,
  embedded: boolean,
  inspect = databaseInspect,
): Promise<Databases> {
  const before = databasesKept() ?? (embedded ? { gateway: null, region: null } : null);
  if (before) {
    for (const name of names) {
      const wanted = given[name];
      if (wanted === null || wanted === before[name]) continue;
      const where = before[name] === null ? 'its own PostgreSQL under .run/' : databaseTitle(before[name]);
      throw new Error(
        `${variable(name)} names another database than this checkout was started with (${where}). Unset it, or forget the platform first: npm run reset.`,
      );
    }
    return before;
  }
  if (given.gateway !== null && given.gateway === given.region)
    throw new Error('GATEWAY_DATABASE_URL and REGION_DATABASE_URL must name two databases.');
  for (const name of names) {
    const wanted = given[name];
    if (wanted === null) continue;
    const found = await inspect(wanted).catch((cause: unknown) => {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`${databaseTitle(wanted)} of ${variable(name)} cannot be used: ${why}`, { cause });
    });
    if (found.state !== 'empty')
      throw new Error(`${databaseTitle(wanted)} of ${variable(name)} ${refusals[found.state]}`);
  }
  mkdirSync(dirname(file()), { recursive: true });
  writeFileSync(file(), JSON.stringify(given), { mode: 0o600 });
  return given;
}

/** What a reset leaves behind on servers of the operator's, as sentences; none when all was embedded. */
export function databasesLeft(kept: Databases | null): string[] {
  const left = names.flatMap((name) => (kept?.[name] ? [`${name}: ${databaseTitle(kept[name])}`] : []));
  if (left.length === 0) return [];
  return [
    'Your own databases were left as they are:',
    ...left.map((line) => `  ${line}`),
    'Nothing here can read them any more. Drop and create them anew before a next start with them.',
  ];
}
