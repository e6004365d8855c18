/** A fresh ticket for one socket of a VM's console, and what a browser needs to open it. */
import type { useTRPCClient } from '@/api/client.ts';
import { endpoints } from '@/paths.ts';
import { requestTokenMake } from '../request-token.ts';

export interface ConsoleTicket {
  /** Of the WebSocket. */
  readonly url: string;
  readonly protocols: string[];
  /** Whether its time is up: a browser is not told why a handshake was refused. */
  readonly expired: () => boolean;
}

export async function consoleTicket(
  client: ReturnType<typeof useTRPCClient>,
  region: string,
  id: string,
  protocol: 'vnc' | 'serial',
): Promise<ConsoleTicket> {
  const given = await client.vm.console.mutate({ region, id, protocol, requestToken: requestTokenMake() });
  const url = new URL(endpoints.console, window.location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return {
    url: url.href,
    protocols: ['basalt.console', `ticket.${given.ticket}`],
    expired: () => Date.now() >= Date.parse(given.expiresAt),
  };
}
