import { networkInterfaces } from 'node:os';
import { regionKey } from '@basalt/contract';
import { envParse } from '@basalt/service';
import { z } from 'zod';

const pools = z.array(
  z.object({
    name: z.string().min(1).max(64),
    pool: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/u),
    media: z.enum(['ssd', 'hdd', 'nvme']),
    replicas: z.int().min(1).max(10).default(3),
    failureDomain: z.enum(['host', 'rack', 'datacenter', 'osd']).default('host'),
  }),
);

const json = (text: string, ctx: z.RefinementCtx): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    ctx.addIssue({ code: 'custom', message: 'not JSON' });
    return z.NEVER;
  }
};
const port = z.coerce.number().int().min(0).max(65_535);

const schema = z
  .object({
    REGION_KEY: regionKey,
    REGION_NAME: z.string().min(1).max(64),
    DATABASE_URL: z.string().min(1),
    /** Authority, sealing key, staging files of uploads. */
    STATE_DIR: z.string().min(1),
    LISTEN_HOST: z.string().default('127.0.0.1'),
    LISTEN_PORT: port.default(7443),
    /** `https://address:port` that agents and gateways are told; default: where it listens. */
    ADVERTISED_ENDPOINT: z.url().optional(),
    /** PEM file of the gateway's key, by which assertions are checked. */
    ASSERTION_PUBLIC_KEY: z.string().min(1),
    DRIVERS: z.enum(['real', 'sim']).default('real'),
    /** OVN northbound, `tcp:address:port`, several with commas. */
    OVN_NB: z.string().default('tcp:127.0.0.1:6641'),
    /** OVN southbound as the hosts reach it. */
    OVN_SB_REMOTE: z.string().default('tcp:127.0.0.1:6642'),
    CEPH_CONF: z.string().default('/etc/ceph/ceph.conf'),
    CEPH_USER: z.string().default('client.basalt'),
    CEPH_KEYRING: z.string().default('/etc/ceph/ceph.client.basalt.keyring'),
    STORAGE_POOLS: z.string().default('[]').transform(json).pipe(pools),
    METRICS_URL: z.url().optional(),
    HOST_RESERVE_VCPU: z.coerce.number().int().min(0).default(0),
    /** Bytes. */
    HOST_RESERVE_MEMORY: z.coerce.number().int().min(0).default(0),
    /** How long a console ticket opens its console. */
    CONSOLE_TICKET_SECONDS: z.coerce.number().int().min(5).max(300).default(300),
    METRICS_PORT: port.optional(),
    LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
    /** Names this process among those of the region; default: where it listens. */
    PROCESS_NAME: z.string().max(64).optional(),
  })
  .transform((env) => ({
    ...env,
    ADVERTISED_ENDPOINT: env.ADVERTISED_ENDPOINT ?? `https://${env.LISTEN_HOST}:${env.LISTEN_PORT}`,
    PROCESS_NAME: env.PROCESS_NAME ?? `${env.LISTEN_HOST}:${env.LISTEN_PORT}`,
  }));

export type RegionEnv = z.output<typeof schema>;
export const regionEnv = (): RegionEnv => envParse(schema);

/** What the command line needs of it. */
export const regionCliEnv = () => envParse(z.object({ REGION_KEY: regionKey, STATE_DIR: z.string().min(1) }));

/** What a fleet needs: refused where drivers are real. */
export const regionFleetEnv = () =>
  envParse(z.object({ REGION_KEY: regionKey, DATABASE_URL: z.string().min(1), DRIVERS: z.literal('sim') }));

/** Addresses that stand in the region's own certificate. */
export const ownAddresses = (): string[] =>
  Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map((entry) => entry.address.split('%')[0] ?? ''));
