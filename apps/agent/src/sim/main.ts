/**
 * The simulator's command line: `--tokens FILE --port N [--state DIR] [--control-port N] [--start-ms N] [--boot-ms N]`. FILE is a
 * JSON array of {hostName, token, endpoint, caFingerprint}; with a state directory, hosts and VMs outlive the process.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { logger } from '@basalt/service/log';
import { onShutdown } from '@basalt/service/shutdown';
import { controlServe } from './control.ts';
import { simToken, Simulator } from './simulator.ts';
import { simTimingDefault } from './sim-timing.ts';

const { values } = parseArgs({
  options: {
    tokens: { type: 'string' },
    port: { type: 'string' },
    state: { type: 'string' },
    'control-port': { type: 'string' },
    'start-ms': { type: 'string' },
    'boot-ms': { type: 'string' },
  },
});
const number = (text: string | undefined, otherwise: number): number =>
  text === undefined ? otherwise : z.coerce.number().int().nonnegative().parse(text);

const log = logger('simulator');
const tokens =
  values.tokens === undefined ? [] : z.array(simToken).parse(JSON.parse(readFileSync(values.tokens, 'utf8')));
const simulator = new Simulator({
  port: number(values.port, 0),
  stateDir: values.state ?? null,
  timing: {
    ...simTimingDefault,
    start: number(values['start-ms'], simTimingDefault.start),
    boot: number(values['boot-ms'], simTimingDefault.boot),
  },
  log,
});
const hosts = await simulator.start(tokens);
if (values['control-port'] !== undefined) await controlServe(simulator, number(values['control-port'], 0));
log.info({ hosts, port: simulator.port }, 'simulated hosts serve');
onShutdown(log, () => simulator.close());
