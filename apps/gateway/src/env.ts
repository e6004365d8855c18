import { z } from 'zod';
import { locale, type Locale } from '@basalt/contract';
import { envParse } from '@basalt/service';
import { networkParse } from './identity/source-address.ts';

const port = z.coerce.number().int().min(0).max(65_535);
const optionalFile = z.string().min(1).optional();

const schema = z
  .object({
    DATABASE_URL: z.string().min(1),
    LISTEN_HOST: z.string().default('127.0.0.1'),
    LISTEN_PORT: port.default(8080),
    /** Origins a browser may come from, comma separated; the first is the one that is printed and documented. */
    PUBLIC_ORIGIN: z
      .string()
      .transform((list) => list.split(',').map((origin) => new URL(origin.trim()).origin))
      .pipe(z.array(z.string()).min(1)),
    CONSOLE_UPSTREAM: z.url().optional(),
    REGIONS_FILE: z.string().min(1),
    STATE_DIR: z.string().min(1),
    TLS_CERT: optionalFile,
    TLS_KEY: optionalFile,
    /** Addresses and networks of reverse proxies whose X-Forwarded-For tells the client's address, comma separated. */
    TRUSTED_PROXIES: z
      .string()
      .default('')
      .transform((list) => list.split(',').map((each) => each.trim()))
      .transform((list) => list.filter(Boolean))
      .refine((list) => list.every((each) => networkParse(each) !== null), 'not an address or network'),
    METRICS_PORT: port.optional(),
    /** Requests of one API key per second; without it the product's default. */
    API_KEY_RATE: z.coerce.number().int().min(1).max(1_000_000).optional(),
    DEFAULT_LOCALE: locale.default('zh-CN'),
    LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  })
  .refine((env) => (env.TLS_CERT === undefined) === (env.TLS_KEY === undefined), 'TLS_CERT and TLS_KEY go together');

export interface GatewayEnv {
  readonly databaseUrl: string;
  readonly host: string;
  readonly port: number;
  readonly publicOrigins: readonly string[];
  readonly consoleUpstream: string | null;
  readonly regionsFile: string;
  readonly stateDirectory: string;
  readonly tls: { readonly certificateFile: string; readonly keyFile: string } | null;
  readonly trustedProxies: readonly string[];
  readonly metricsPort: number | null;
  readonly apiKeyRate?: number | undefined;
  readonly defaultLocale: Locale;
  readonly logLevel: string;
}

/** What the door needs to run. @throws Error naming each variable that is missing or wrong. */
export function gatewayEnv(source?: Readonly<Record<string, string | undefined>>): GatewayEnv {
  const env = envParse(schema, source);
  return {
    databaseUrl: env.DATABASE_URL,
    host: env.LISTEN_HOST,
    port: env.LISTEN_PORT,
    publicOrigins: env.PUBLIC_ORIGIN,
    consoleUpstream: env.CONSOLE_UPSTREAM ?? null,
    regionsFile: env.REGIONS_FILE,
    stateDirectory: env.STATE_DIR,
    tls: env.TLS_CERT && env.TLS_KEY ? { certificateFile: env.TLS_CERT, keyFile: env.TLS_KEY } : null,
    trustedProxies: env.TRUSTED_PROXIES,
    metricsPort: env.METRICS_PORT ?? null,
    apiKeyRate: env.API_KEY_RATE,
    defaultLocale: env.DEFAULT_LOCALE,
    logLevel: env.LOG_LEVEL,
  };
}

/** The command line needs the database only. */
export const commandEnv = (
  source?: Readonly<Record<string, string | undefined>>,
): { readonly databaseUrl: string } => ({
  databaseUrl: envParse(z.object({ DATABASE_URL: z.string().min(1) }), source).DATABASE_URL,
});

/** Where the gateway of this machine keeps its keys and signed heads; for commands that need them. */
export const stateEnv = (
  source?: Readonly<Record<string, string | undefined>>,
): { readonly stateDirectory: string } => ({
  stateDirectory: envParse(z.object({ STATE_DIR: z.string().min(1) }), source).STATE_DIR,
});
