/** The agent's simulator, whose guests' consoles all lead to the socket in the environment instead of to none. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { logger } from '@basalt/service';
import { simToken, Simulator } from '../apps/agent/src/sim/simulator.ts';

const { values } = parseArgs({
  options: { tokens: { type: 'string' }, port: { type: 'string' }, console: { type: 'string' } },
});
const simulator = new Simulator({ port: Number(values.port), stateDir: null, log: logger('simulator', 'error') });
const tokens: unknown = JSON.parse(readFileSync(values.tokens ?? '', 'utf8'));
await simulator.start(simToken.array().parse(tokens));
for (const { agent } of simulator.hosts) Object.assign(agent.files, { consoleSocket: () => values.console });
process.once('SIGTERM', () => void simulator.close().then(() => process.exit(0)));
