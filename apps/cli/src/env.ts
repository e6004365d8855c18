import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Locale } from '@basalt/contract';
import { z } from 'zod';

const text = z.string().min(1).optional().catch(undefined);
const schema = z.object({
  BASALT_URL: text,
  BASALT_PUBLIC_KEY: text,
  BASALT_PRIVATE_KEY: text,
  BASALT_PROFILE: text,
  BASALT_REGION: text,
  XDG_CONFIG_HOME: text,
  LC_ALL: text,
  LC_MESSAGES: text,
  LANG: text,
});

export interface CliEnv {
  readonly url: string | undefined;
  readonly publicKey: string | undefined;
  readonly privateKey: string | undefined;
  readonly profile: string | undefined;
  readonly region: string | undefined;
  readonly directory: string;
  readonly locale: Locale;
}

/** What the surroundings say; the language is that of the terminal. */
export function cliEnv(source: Readonly<Record<string, string | undefined>> = process.env): CliEnv {
  const env = schema.parse(source);
  const language = env.LC_ALL ?? env.LC_MESSAGES ?? env.LANG ?? '';
  return {
    url: env.BASALT_URL,
    publicKey: env.BASALT_PUBLIC_KEY,
    privateKey: env.BASALT_PRIVATE_KEY,
    profile: env.BASALT_PROFILE,
    region: env.BASALT_REGION,
    directory: join(env.XDG_CONFIG_HOME ?? join(homedir(), '.config'), 'basalt'),
    locale: /^zh/iu.test(language) ? 'zh-CN' : 'en-US',
  };
}
