/** `enrol`: joins a region once. */
import { hostname } from 'node:os';
import { parseArgs } from 'node:util';
import { enrol } from '../door/enrol.ts';
import { identityRead, identityWrite } from '../door/identity-store.ts';
import type { AgentEnv } from '../env.ts';
import { AGENT_VERSION } from '../version.ts';

const need = (value: string | undefined, name: string): string => {
  if (value === undefined || value === '') throw new Error(`--${name} is missing`);
  return value;
};

/** @throws Error saying what is missing or why the region was not joined. */
export async function enrolCommand(env: AgentEnv, argv: string[]): Promise<void> {
  const { values } = parseArgs({
    args: argv,
    options: {
      region: { type: 'string' },
      token: { type: 'string' },
      'ca-fingerprint': { type: 'string' },
      'host-name': { type: 'string' },
      address: { type: 'string' },
      again: { type: 'boolean', default: false },
    },
  });
  const present = identityRead(env.BASALT_AGENT_STATE_DIR);
  if (present && !values.again) {
    process.stdout.write(`already enrolled as ${present.membership.hostName} (${present.membership.hostId})\n`);
    return;
  }
  const address = need(values.address ?? env.BASALT_AGENT_ADDRESS, 'address');
  const identity = await enrol({
    region: need(values.region, 'region'),
    token: need(values.token ?? env.BASALT_AGENT_TOKEN, 'token'),
    caFingerprint: need(values['ca-fingerprint'], 'ca-fingerprint'),
    hostName:
      values['host-name'] ?? env.BASALT_AGENT_HOST_NAME ?? (hostname().split('.')[0] ?? hostname()).toLowerCase(),
    address,
    port: env.BASALT_AGENT_PORT,
    agentVersion: AGENT_VERSION,
    stateDir: env.BASALT_AGENT_STATE_DIR,
    onRetry: (error, waitMs) =>
      process.stderr.write(`the region does not answer (${error.message}); again in ${waitMs} ms\n`),
  });
  identityWrite(env.BASALT_AGENT_STATE_DIR, identity);
  process.stdout.write(`enrolled as ${identity.membership.hostName} (${identity.membership.hostId})\n`);
}
