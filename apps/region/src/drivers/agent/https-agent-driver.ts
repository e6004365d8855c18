/** Agents over mutual TLS: a connection pool per host, so that one that hangs delays nobody else. */
import { agentPaths, agentProcedures } from '@basalt/contract/agent/index';
import { BasaltError, type HostId } from '@basalt/contract';
import { clientBuild } from '@basalt/rpc';
import { mtlsAgent, mtlsContext, rpcFetch, type KeyAndCertificate } from '@basalt/service';
import { type Agent, request } from 'undici';
import type { AgentClient, AgentDriver, HostAddress } from './agent-driver.ts';
import { eventStreamOpen } from './event-stream.ts';
import { turnstile } from './turnstile.ts';

export interface HttpsAgentOptions {
  readonly own: KeyAndCertificate;
  readonly ca: string;
  /** Identity the agent of a host must show: `basalt://region/<key>/host/<id>`. */
  readonly identity: (id: HostId) => string;
}

interface Peer {
  readonly base: string;
  readonly dispatcher: Agent;
  /** Event streams hold a connection for ever; kept apart so that they take none from the calls. */
  readonly streams: Agent;
  readonly client: AgentClient;
}

const deadlines = new Map<string, number>(
  Object.entries(agentProcedures).flatMap(([area, verbs]) =>
    Object.entries(verbs).map(([verb, procedure]) => [`${area}.${verb}`, procedure.deadline] as const),
  ),
);
/** The agent gives up first and says why; only then do we. */
const GRACE = 1_500;
const SILENCE = 15_000;
/** Streams being opened at a time: after an outage thousands want to, and handshakes that wait for each other all time out. */
const OPENING = 64;
/** Milliseconds after which one that is not open yet holds nobody up any more: hosts that are dead take seconds. */
const OPENING_MS = 2_000;

const baseOf = ({ address, port, pathPrefix }: HostAddress): string => `https://${address}:${port}${pathPrefix}`;

export function httpsAgentDriver(options: HttpsAgentOptions): AgentDriver {
  const peers = new Map<HostId, Peer>();
  const context = mtlsContext(options);
  const open = new Set<() => void>();
  const opening = turnstile(OPENING, OPENING_MS);

  function drop(id: HostId): void {
    const peer = peers.get(id);
    peers.delete(id);
    for (const agent of peer ? [peer.dispatcher, peer.streams] : []) agent.destroy().catch(() => undefined);
  }

  function peerOf(host: HostAddress): Peer {
    const base = baseOf(host);
    const known = peers.get(host.id);
    if (known?.base === base) return known;
    drop(host.id);
    const tls = { own: options.own, ca: options.ca, expected: options.identity(host.id) };
    const dispatcher = mtlsAgent(tls, 8, context);
    const client = clientBuild(agentProcedures, {
      url: `${base}${agentPaths.rpc}`,
      fetch: rpcFetch(dispatcher),
      deadline: (name) => (deadlines.get(name) ?? 15_000) + GRACE,
      unreachable: (timedOut, seconds, cause) =>
        timedOut
          ? new BasaltError('agentTimedOut', { host: host.name, seconds }, { cause })
          : new BasaltError('agentUnreachable', { host: host.name }, { cause }),
    });
    const peer = { base, dispatcher, streams: mtlsAgent(tls, 2, context), client };
    peers.set(host.id, peer);
    return peer;
  }

  return {
    client: (host) => peerOf(host).client,
    events(host, after, handlers) {
      const stream = eventStreamOpen(after, handlers, async (from, signal) => {
        const passed = await opening(signal);
        try {
          const { base, streams } = peerOf(host);
          const answer = await request(`${base}${agentPaths.events}?after=${from}`, {
            dispatcher: streams,
            signal,
            headersTimeout: SILENCE,
            bodyTimeout: SILENCE,
          });
          if (answer.statusCode !== 200) {
            await answer.body.dump();
            throw new Error(`${host.name} answered ${answer.statusCode} to events`);
          }
          return answer.body;
        } finally {
          passed();
        }
      });
      const close = (): void => {
        open.delete(close);
        stream.close();
      };
      open.add(close);
      return { close };
    },
    async metrics(host, signal) {
      const { base, dispatcher } = peerOf(host);
      const answer = await request(`${base}${agentPaths.metrics}`, { dispatcher, signal });
      const text = await answer.body.text();
      if (answer.statusCode !== 200) throw new Error(`${host.name} answered ${answer.statusCode} to metrics`);
      return text;
    },
    forget: drop,
    async close() {
      for (const end of open) end();
      for (const id of peers.keys()) drop(id);
      await Promise.resolve();
    },
  };
}
