/**
 * `/v1/console`: gateway → region → agent. The ticket is used up here and says where the socket leads; the handshake is then
 * made anew towards the agent and both sockets are joined. Frames are not taken apart: the streams' own back-pressure holds
 * and an idle console costs two sockets.
 */
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ConnectionOptions } from 'node:tls';
import { BasaltError, type ActorAssertion, type HostId } from '@basalt/contract';
import { agentPaths } from '@basalt/contract/agent/index';
import { basaltErrorOf } from '@basalt/rpc';
import { closeAfterWrites, tlsUpgrade, UpgradeRefused, type Upgraded } from '@basalt/service';
import type { RegionServices } from '../domain/context.ts';
import { consoleRedeem, consoleWhere, type ConsoleTarget } from '../domain/vm/console.ts';

const PROTOCOL = 'basalt.console';
const CONNECT_MS = 8_000;
const CHECK_MS = 30_000;

export interface ConsoleOptions {
  readonly services: RegionServices;
  /** TLS options by which a host's agent is reached and known. */
  readonly agentTls: (id: HostId) => ConnectionOptions;
  /** Without a byte from the viewer for this long it is closed; milliseconds. */
  readonly idle?: number;
}

export interface ConsoleDoor {
  /** Takes over an upgrade; never throws: what is refused is answered with its status. */
  upgrade(request: IncomingMessage, client: Duplex, head: Buffer, actor: () => Promise<ActorAssertion>): Promise<void>;
  readonly open: number;
  close(): void;
}

function ticketOf(request: IncomingMessage): string {
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((part) => part.trim());
  const ticket = offered.find((part) => part.startsWith('ticket.'))?.slice('ticket.'.length);
  if (!ticket || !offered.includes(PROTOCOL) || !/^[\w-]{20,128}$/u.test(ticket))
    throw new BasaltError('consoleTicketInvalid');
  return ticket;
}

function keyOf(request: IncomingMessage): string {
  const key = request.headers['sec-websocket-key'] ?? '';
  if (request.headers.upgrade?.toLowerCase() !== 'websocket' || !/^[A-Za-z0-9+/]{22}==$/u.test(key))
    throw new BasaltError('invalidInput', { field: 'request', rule: 'WebSocket' });
  return key;
}

function connect({ vm, host, protocol }: ConsoleTarget, key: string, tls: ConnectionOptions): Promise<Upgraded> {
  return tlsUpgrade({
    tls,
    host: host.address,
    port: host.port,
    path: `${host.pathPrefix}${agentPaths.console}/${vm.id}/${protocol}`,
    deadline: CONNECT_MS,
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': key,
    },
  }).catch((cause: unknown) => {
    if (cause instanceof UpgradeRefused)
      throw new BasaltError('agentRefused', { host: host.name, reason: String(cause.status) });
    throw new BasaltError('agentUnreachable', { host: host.name }, { cause });
  });
}

export function consoleDoor({ services, agentTls, idle = 30 * 60_000 }: ConsoleOptions): ConsoleDoor {
  const { log } = services;
  const open = new Set<() => void>();

  const join = (client: Duplex, agent: Upgraded, target: ConsoleTarget): void => {
    let heard = Date.now();
    const close = (why: string): void => {
      if (!open.delete(end)) return;
      clearInterval(check);
      client.destroy();
      agent.socket.destroy();
      log.info({ vmId: target.vm.id, why }, 'console closed');
    };
    const end = (): void => close('stopping');
    // the VM may be stopped, moved or gone, and then this is not its console any more
    const check = setInterval(
      () => {
        if (Date.now() - heard > idle) return close('idle');
        consoleWhere(services, target.vm.id).then(
          ({ host }) => host.id !== target.host.id && close('moved'),
          (error: unknown) => error instanceof BasaltError && close(error.code),
        );
      },
      Math.min(CHECK_MS, idle / 2),
    );
    open.add(end);
    client.on('data', () => (heard = Date.now()));
    agent.relayTo(client);
    client.pipe(agent.socket);
    for (const side of [client, agent.socket]) side.once('error', () => close('broken'));
    client.once('close', () => close('ended'));
    // its last words, the frame that says why, still go out
    agent.socket.once('close', () => closeAfterWrites(client));
  };

  return {
    get open() {
      return open.size;
    },
    async upgrade(request, client, head, actor) {
      client.once('error', () => client.destroy());
      try {
        const key = keyOf(request);
        const target = await consoleRedeem(services, await actor(), ticketOf(request));
        const agent = await connect(target, key, agentTls(target.host.id));
        if (client.destroyed) return void agent.socket.destroy();
        client.write(
          `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${agent.headers.get('sec-websocket-accept') ?? ''}\r\nsec-websocket-protocol: ${PROTOCOL}\r\n\r\n`,
        );
        if (head.length > 0) agent.socket.write(head);
        join(client, agent, target);
      } catch (error) {
        const found = basaltErrorOf(error);
        log[found.status >= 500 ? 'warn' : 'info']({ error, code: found.code }, 'console refused');
        client.end(
          `HTTP/1.1 ${found.status} ${STATUS_CODES[found.status] ?? ''}\r\nconnection: close\r\ncontent-length: 0\r\nx-basalt-error: ${found.code}\r\n\r\n`,
        );
      }
    },
    close() {
      for (const end of open) end();
    },
  };
}
