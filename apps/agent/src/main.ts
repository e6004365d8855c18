/**
 * The agent's command line: `enrol` joins a region once, `run` serves.
 *
 * Commands are loaded after the compile cache is on: a host's agent should be small, and taking the types out of every
 * module at each start costs 40 MB for its whole life. The cache lies in the state directory, which is the owner's only.
 */
import { mkdirSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { agentEnv } from './env.ts';

const usage = `usage:
  enrol --region https://address:port --token T --ca-fingerprint sha256:… [--host-name N] [--address IP] [--again]
  run
Settings come from BASALT_AGENT_… variables; see env.ts.
`;

const [command = '', ...argv] = process.argv.slice(2);
try {
  const env = agentEnv();
  mkdirSync(env.BASALT_AGENT_STATE_DIR, { recursive: true, mode: 0o700 });
  enableCompileCache(join(env.BASALT_AGENT_STATE_DIR, 'compiled'));
  // Short-lived objects are few: a small nursery is enough, and what is not mapped is not resident.
  setFlagsFromString('--max-semi-space-size=2');
  if (command === 'enrol') await (await import('./commands/enrol.ts')).enrolCommand(env, argv);
  else if (command === 'run') await (await import('./commands/run.ts')).runCommand(env);
  else throw new Error(usage);
} catch (error) {
  // A BasaltError's message is its English text.
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
