/** `run`: serves until told to stop. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { logger } from '@basalt/service/log';
import { onShutdown } from '@basalt/service/shutdown';
import { agentStart } from '../agent.ts';
import { identityRead } from '../door/identity-store.ts';
import type { AgentEnv } from '../env.ts';

const SETTLED_MS = 5000;

/** Starting leaves a heap of parsed sources and schemas; V8 would give it back only after minutes of idling. */
function tidyOnce(): void {
  setTimeout(() => {
    setFlagsFromString('--expose-gc');
    const gc: unknown = runInNewContext('gc');
    if (typeof gc === 'function') gc({ type: 'major', execution: 'sync', flavor: 'last-resort' });
    setFlagsFromString('--no-expose-gc');
  }, SETTLED_MS).unref();
}

/** @throws Error when the host is not enrolled or the address cannot be listened on. */
export async function runCommand(env: AgentEnv): Promise<void> {
  const log = logger('agent', env.BASALT_LOG_LEVEL);
  const identity = identityRead(env.BASALT_AGENT_STATE_DIR);
  if (!identity) throw new Error('this host is not enrolled; run "enrol" first');
  const agent = await agentStart(env, identity, log);
  tidyOnce();
  onShutdown(log, () => agent.close());
}
