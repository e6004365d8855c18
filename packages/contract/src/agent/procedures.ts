import { z } from 'zod';
import { vmId } from '../ids.ts';
import { agentMutation, agentQuery } from '../procedure.ts';
import { bytes, timestamp } from '../schemas/common.ts';
import { guestFacts } from '../schemas/vm.ts';
import {
  chassisSpec,
  diskSpec,
  domainFacts,
  domainSpec,
  ensureInput,
  hostFacts,
  rbdImage,
  storageAccessSpec,
  vmEnsureInput,
} from './schemas.ts';

const done = z.object({ changed: z.boolean() });
const domain = z.object({ domain: domainFacts, changed: z.boolean() });

export const agentProcedures = {
  host: {
    facts: agentQuery({ deadline: 10_000, input: z.object({}), output: hostFacts }),
    ensureChassis: agentMutation({
      deadline: 15_000,
      input: ensureInput.extend({ chassis: chassisSpec }),
      output: done,
    }),
    ensureStorageAccess: agentMutation({
      deadline: 20_000,
      input: ensureInput.extend({ storage: storageAccessSpec }),
      output: done,
    }),
    /**
     * Leaves the region: what `ensureChassis` and `ensureStorageAccess` made is undone. Bridges of provider networks stay, the
     * installer has plugged something into them. Refuses while VMs are defined here (agentRefused).
     */
    ensureLeft: agentMutation({ deadline: 30_000, input: ensureInput, output: done }),
  },
  disk: {
    /** Creates or clones when absent; grows when smaller; refuses to shrink. */
    ensure: agentMutation({
      deadline: 30_000,
      input: vmEnsureInput.extend({ disk: diskSpec }),
      output: done.extend({ size: bytes }),
    }),
    /** Refuses while the image has watchers (error imageHasWatchers): an RBD lock protects nothing. */
    ensureAbsent: agentMutation({ deadline: 60_000, input: vmEnsureInput.extend({ at: rbdImage }), output: done }),
    watchers: agentQuery({
      deadline: 10_000,
      input: z.object({ at: rbdImage }),
      output: z.object({ watchers: z.array(z.string()) }),
    }),
  },
  domain: {
    /** Defines or redefines; a running domain takes the change at its next start. */
    ensureDefined: agentMutation({
      deadline: 20_000,
      input: vmEnsureInput.extend({ domain: domainSpec }),
      output: domain,
    }),
    /** Not defined, not running; NVRAM, seed and sockets gone. Powers off when it still runs. */
    ensureAbsent: agentMutation({ deadline: 60_000, input: vmEnsureInput, output: done }),
    /** Checks the watchers of every disk before the start. */
    ensureRunning: agentMutation({ deadline: 60_000, input: vmEnsureInput, output: domain }),
    /** Power off: cut the power if it runs. */
    ensureOff: agentMutation({ deadline: 60_000, input: vmEnsureInput, output: domain }),
    ensurePaused: agentMutation({ deadline: 15_000, input: vmEnsureInput, output: domain }),
    /** From paused only. */
    ensureResumed: agentMutation({ deadline: 15_000, input: vmEnsureInput, output: domain }),
    /** Presses the power button (and asks the guest agent where there is one); does not wait for the guest. */
    requestShutdown: agentMutation({ deadline: 15_000, input: vmEnsureInput, output: domain }),
    requestReboot: agentMutation({ deadline: 15_000, input: vmEnsureInput, output: domain }),
    reset: agentMutation({ deadline: 15_000, input: vmEnsureInput, output: domain }),
    get: agentQuery({
      deadline: 10_000,
      input: z.object({ vmId }),
      output: z.object({ domain: domainFacts.nullable() }),
    }),
    guest: agentQuery({ deadline: 15_000, input: z.object({ vmId }), output: guestFacts }),
    /** Base64 of a PNG; null when there is no screen. */
    screenshot: agentQuery({
      deadline: 15_000,
      input: z.object({ vmId }),
      output: z.object({ png: z.string().nullable(), at: timestamp }),
    }),
  },
} as const;
export type AgentProcedures = typeof agentProcedures;

/**
 * Beside the procedures the agent serves, over the same mutual TLS:
 * - `GET /v1/events?after=<sequence>`: newline-delimited JSON of {@link agentEvent}, endless, a blank line every 5 s as heartbeat;
 * - `GET /v1/console/<vmId>/<vnc|serial>` (WebSocket, binary): the guest's VNC or serial socket;
 * - `GET /metrics`: Prometheus text.
 */
export const agentPaths = {
  events: '/v1/events',
  console: '/v1/console',
  metrics: '/metrics',
  rpc: '/v1/rpc',
} as const;

/**
 * The region's doors for its agents, on one endpoint. `ca` (GET, no client certificate) gives the authority's certificate as
 * PEM: a joining agent compares it with the fingerprint it was told, and only then connects again, verifying by it, to send
 * its token to `enrol` (POST, no client certificate). `renew` (POST) wants the present certificate.
 */
export const regionAgentPaths = { ca: '/v1/ca', enrol: '/v1/enrol', renew: '/v1/renew' } as const;

/** `POST /v1/enrol`. */
export const enrolRequest = z.object({
  token: z.string().min(20).max(128),
  hostName: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/u),
  /** PEM; the subject in it is ignored, the region chooses. */
  csr: z.string().max(8192),
  address: z.ipv4(),
  port: z.int().min(1).max(65_535),
  /** Stands before every path of {@link agentPaths}: several simulated hosts share one address and port. */
  path: z
    .string()
    .regex(/^(\/[a-z0-9-]+)*$/u)
    .max(128)
    .default(''),
  agentVersion: z.string().max(32),
});
export const enrolAnswer = z.object({
  hostId: z.uuid(),
  certificate: z.string(),
  ca: z.string(),
  regionName: z.string(),
  renewAfter: timestamp,
});

/** `POST /v1/renew` with the present certificate: a new one for the same subject. */
export const renewRequest = z.object({ csr: z.string().max(8192) });
export const renewAnswer = z.object({ certificate: z.string(), ca: z.string(), renewAfter: timestamp });
