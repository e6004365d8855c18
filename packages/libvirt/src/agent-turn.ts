/**
 * Whatever waits on a guest's agent takes its turn: libvirt queues agent commands per domain and lets their timeouts
 * add up (five at 3 s took 25 s in the lab), so one per domain is under way, and waiting counts against the deadline.
 */
import { type DomainRef, uuidOf } from './domain-ref.ts';
import { KeyedQueue } from './keyed-queue.ts';
import { type CallOptions, DEFAULT_TIMEOUT_MS } from './rpc-types.ts';

export type AgentTurn = <T>(
  dom: DomainRef,
  options: CallOptions | undefined,
  run: (rest: CallOptions) => Promise<T>,
) => Promise<T>;

/** Turns for one host; `run` gets the options for its call: the agent's connection and what is left of the time. */
export const agentTurns = (): AgentTurn => {
  const queue = new KeyedQueue();
  return (dom, options, run) => {
    const { timeoutMs = DEFAULT_TIMEOUT_MS, signal } = options ?? {};
    return queue.run(uuidOf(dom), { timeoutMs, signal }, (leftMs) =>
      run({ ...options, lane: 'agent', timeoutMs: leftMs }),
    );
  };
};
