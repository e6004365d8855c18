/** The agent's command line: `enrol` joins a region once, `run` serves, `sim` plays hosts. */
import { hostname } from 'node:os';
import { parseArgs } from 'node:util';
import { BasaltError } from '@basalt/contract';
import { logger } from '@basalt/service/log';
import { onShutdown } from '@basalt/service/shutdown';
import { agentStart } from './agent.ts';
import { enrol } from './door/enrol.ts';
import { identityRead, identityWrite } from './door/identity-store.ts';
import { agentEnv } from './env.ts';
import { AGENT_VERSION } from './version.ts';

const usage = `basalt-agent ${AGENT_VERSION}
  enrol --region https://address:port --token T --ca-fingerprint sha256:… [--host-name N] [--address IP] [--again]
  run
`;

const need = (value: string | undefined, name: string): string => {
  if (value === undefined || value === '') throw new Error(`--${name} is missing\n\n${usage}`);
  return value;
};

async function enrolCommand(argv: string[]): Promise<void> {
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
  const env = agentEnv();
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
  });
  identityWrite(env.BASALT_AGENT_STATE_DIR, identity);
  process.stdout.write(`enrolled as ${identity.membership.hostName} (${identity.membership.hostId})\n`);
}

async function runCommand(): Promise<void> {
  const env = agentEnv();
  const log = logger('agent', env.BASALT_LOG_LEVEL);
  const identity = identityRead(env.BASALT_AGENT_STATE_DIR);
  if (!identity) throw new Error('this host is not enrolled; run "enrol" first');
  const agent = await agentStart(env, identity, log);
  onShutdown(log, () => agent.close());
}

const [command = '', ...argv] = process.argv.slice(2);
try {
  if (command === 'enrol') await enrolCommand(argv);
  else if (command === 'run') await runCommand();
  else throw new Error(usage);
} catch (error) {
  const text =
    error instanceof BasaltError ? error.text('en-US') : error instanceof Error ? error.message : String(error);
  process.stderr.write(`${text}\n`);
  process.exit(1);
}
