/** Profiles: where the platform is and by which key. Private keys lie in files of their own that only their owner reads. */
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { CliEnv } from './env.ts';
import { UsageError } from './usage-error.ts';
import type { Say } from './words.ts';

const profile = z.object({
  url: z.url(),
  publicKey: z.string(),
  privateKeyFile: z.string(),
  region: z.string().optional(),
});
const config = z.object({ current: z.string(), profiles: z.record(z.string(), profile) });
export type Profile = z.infer<typeof profile>;
export type Config = z.infer<typeof config>;

export interface Access {
  readonly url: string;
  readonly publicKey: string;
  readonly privateKey: string;
  readonly region: string | undefined;
}

const fileOf = ({ directory }: Pick<CliEnv, 'directory'>): string => join(directory, 'config.json');

export function profilesRead(env: Pick<CliEnv, 'directory'>): Config {
  const file = fileOf(env);
  if (!existsSync(file)) return { current: 'default', profiles: {} };
  return config.parse(JSON.parse(readFileSync(file, 'utf8')));
}

function privateWrite(file: string, text: string): void {
  writeFileSync(file, text, { mode: 0o600 });
  chmodSync(file, 0o600);
}

/** Keeps a profile and makes it the present one. `privateKey`: kept in a file beside it; null: it stays in its own file. */
export function profileKeep(
  env: CliEnv,
  name: string,
  given: Omit<Profile, 'privateKeyFile'> & { readonly privateKeyFile?: string },
  privateKey: string | null,
  say: Say,
): void {
  if (!/^[\w-]{1,64}$/u.test(name)) throw new UsageError(say('badProfileName'));
  mkdirSync(join(env.directory, 'keys'), { recursive: true, mode: 0o700 });
  let file = given.privateKeyFile === undefined ? join(env.directory, 'keys', name) : resolve(given.privateKeyFile);
  if (privateKey !== null) privateWrite((file = join(env.directory, 'keys', name)), `${privateKey}\n`);
  const { profiles } = profilesRead(env);
  const made: Config = {
    current: name,
    profiles: { ...profiles, [name]: profile.parse({ ...given, privateKeyFile: file }) },
  };
  privateWrite(fileOf(env), `${JSON.stringify(made, undefined, 2)}\n`);
}

/** @throws UsageError when there is no key in it, or others may read it. */
export function privateKeyRead(file: string, say: Say): string {
  if (!existsSync(file)) throw new UsageError(`${say('noPrivateKey')}: ${file}`);
  if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0)
    throw new UsageError(say('notPrivate', { file }));
  const key = readFileSync(file, 'utf8').trim();
  if (key === '') throw new UsageError(`${say('noPrivateKey')}: ${file}`);
  return key;
}

/** Options win over the environment, that over the profile. @throws UsageError. */
export function accessOf(
  env: CliEnv,
  given: { readonly profile?: string; readonly url?: string; readonly region?: string },
  say: Say,
): Access {
  const { current, profiles } = profilesRead(env);
  const name = given.profile ?? env.profile;
  const found = profiles[name ?? current];
  if (name !== undefined && !found) throw new UsageError(say('unknownProfile', { name }));
  const useEnv = given.profile === undefined && env.publicKey !== undefined;
  const url = given.url ?? (useEnv ? env.url : undefined) ?? found?.url ?? env.url;
  const publicKey = useEnv ? env.publicKey : found?.publicKey;
  if (!url || !publicKey) throw new UsageError(say('noProfile'));
  const privateKey = useEnv ? env.privateKey : found && privateKeyRead(found.privateKeyFile, say);
  if (!privateKey) throw new UsageError(say('noPrivateKey'));
  return { url, publicKey, privateKey, region: given.region ?? env.region ?? found?.region };
}
