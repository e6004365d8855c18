/** The region's side of the agents' door: one typed client per host and one stream of events from each. */
import type { AgentProcedures } from '@basalt/contract/agent/index';
import type { HostId } from '@basalt/contract';
import type { AgentEvent } from '@basalt/contract/agent/schemas';
import type { Client } from '@basalt/rpc';

/** Where a host's agent listens; the path prefix tells simulated hosts of one process apart. */
export interface HostAddress {
  readonly id: HostId;
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly pathPrefix: string;
}

export type AgentClient = Client<AgentProcedures>;

export interface EventStream {
  /** Ends the stream; nothing is delivered afterwards. */
  close(): void;
}

export interface EventStreamHandlers {
  /** In order; the next comes when the promise settles. */
  onEvent(event: AgentEvent): Promise<void>;
  onConnected(): void;
  onDisconnected(error: Error): void;
}

export interface AgentDriver {
  /**
   * Calls reject with BasaltError: agentUnreachable (nothing was reached), agentTimedOut (it may still happen), agentRefused,
   * hostOperationFailed, staleEpoch, imageHasWatchers …
   */
  client(host: HostAddress): AgentClient;
  /** Events after `after`, for ever: reconnects with back-off and jitter, gives up a silent connection after 15 s. */
  events(host: HostAddress, after: number, handlers: EventStreamHandlers): EventStream;
  /** The agent's metrics in Prometheus text. */
  metrics(host: HostAddress, signal: AbortSignal): Promise<string>;
  /** Drops what is kept for a host that is gone or has moved. */
  forget(id: HostId): void;
  close(): Promise<void>;
}
