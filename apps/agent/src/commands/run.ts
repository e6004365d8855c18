/** `run`: serves until told to stop. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { logger } from '@basalt/service/log';
import { onShutdown } from '@basalt/service/shutdown';
import { agentStart } from '../agent.ts';
import { identityRead } from '../door/identity-store.ts';
import type { AgentEnv } from '../env.ts';

const SETTLED_MS = 5_000;
const LOOK_MS = 60_000;
const WORTH_BYTES = 8 * 1024 ** 2;
/** CPU time in a minute below which this counts as rest: heartbeats and facts never stop. */
const REST_MICROSECONDS = 3_000_000;

function tidy(): number {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('gc');
  if (typeof gc === 'function') gc({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  setFlagsFromString('--no-expose-gc');
  return process.memoryUsage.rss();
}

/**
 * Starting leaves a heap of parsed sources and schemas, and so does a busy time; V8 would give it back only after minutes of
 * idling, or never. The guests have a better use for it.
 */
function tidyAtRest(): void {
  let least = Number.POSITIVE_INFINITY;
  setTimeout(() => {
    least = tidy();
  }, SETTLED_MS).unref();
  let before = process.cpuUsage();
  setInterval(() => {
    const { user, system } = process.cpuUsage(before);
    if (user + system < REST_MICROSECONDS && process.memoryUsage.rss() > least + WORTH_BYTES) least = tidy();
    before = process.cpuUsage();
  }, LOOK_MS).unref();
}

/** @throws Error when the host is not enrolled or the address cannot be listened on. */
export async function runCommand(env: AgentEnv): Promise<void> {
  const log = logger('agent', env.BASALT_LOG_LEVEL);
  const identity = identityRead(env.BASALT_AGENT_STATE_DIR);
  if (!identity) throw new Error('this host is not enrolled; run "enrol" first');
  const agent = await agentStart(env, identity, log);
  tidyAtRest();
  onShutdown(log, () => agent.close());
}
