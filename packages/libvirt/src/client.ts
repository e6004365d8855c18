/** All typed operations over anything that carries calls: one connection, or a host's several. */
import { agentTurns } from './agent-turn.ts';
import { agentOperations } from './operations/agent-operations.ts';
import { deviceOperations } from './operations/device-operations.ts';
import { domainOperations } from './operations/domain-operations.ts';
import { hostOperations } from './operations/host-operations.ts';
import { jobOperations } from './operations/job-operations.ts';
import { secretOperations } from './operations/secret-operations.ts';
import { statsOperations } from './operations/stats-operations.ts';
import { streamOperations } from './operations/stream-operations.ts';
import type { Caller } from './rpc-types.ts';

export const createClient = (caller: Caller) => {
  const turn = agentTurns();
  return {
    ...hostOperations(caller),
    ...domainOperations(caller, turn),
    ...deviceOperations(caller),
    ...statsOperations(caller),
    ...jobOperations(caller),
    ...agentOperations(caller, turn),
    ...secretOperations(caller),
    ...streamOperations(caller),
  };
};

export type LibvirtClient = ReturnType<typeof createClient>;
