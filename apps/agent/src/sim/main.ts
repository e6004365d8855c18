/**
 * The simulator's command line: `--tokens FILE --port N [--state DIR] [--control-port N] [--start-ms N] [--boot-ms N]`. FILE is a
 * JSON array of {hostName, token, endpoint, caFingerprint}, looked at again whenever it changes, so that tokens can be made lot
 * by lot; with a state directory, hosts and VMs outlive the process, and `status.json` in it says who has joined.
 */
import { existsSync, readFileSync, watchFile } from 'node:fs';
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

/** Milliseconds between looks at the file of tokens. */
const LOOK_MS = 300;
const log = logger('simulator');
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
const kept = await simulator.start();
if (values['control-port'] !== undefined) await controlServe(simulator, number(values['control-port'], 0));
log.info({ hosts: kept, port: simulator.port }, 'simulator is ready');
onShutdown(log, () => simulator.close());

const file = values.tokens;
async function tokensTake(path: string): Promise<void> {
  try {
    if (!existsSync(path)) return;
    const hosts = await simulator.join(z.array(simToken).parse(JSON.parse(readFileSync(path, 'utf8'))));
    log.info({ hosts, port: simulator.port }, 'simulated hosts serve');
  } catch (error) {
    log.error({ error, path }, 'tokens could not be read');
  }
}
if (file !== undefined) {
  watchFile(file, { interval: LOOK_MS }, () => void tokensTake(file));
  await tokensTake(file);
}
