/** `/v1/ca`, `/v1/enrol`, `/v1/renew`: how hosts join and stay. The first two are open to whoever reaches the port. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { BasaltError } from '@basalt/contract';
import { enrolRequest, regionAgentPaths, renewRequest } from '@basalt/contract/agent/index';
import { inputParse } from '@basalt/rpc';
import type { z } from 'zod';
import type { RegionServices } from '../domain/context.ts';
import { hostEnrol, hostRenew } from '../domain/host/enrol.ts';
import type { Peer } from './peers.ts';
import { bodyJson, respondJson } from './respond.ts';

const WINDOW_MS = 10_000;
/** Tries in a window from one address; a token has 256 bits, so this only keeps the noise down. */
const TRIES = 200;
let tries = new Map<string, number>();
let windowEnd = 0;

function calmDemand(address: string): void {
  const now = Date.now();
  if (now > windowEnd) {
    tries = new Map();
    windowEnd = now + WINDOW_MS;
  }
  const count = (tries.get(address) ?? 0) + 1;
  tries.set(address, count);
  if (count > TRIES) throw new BasaltError('tooManyRequests', { seconds: WINDOW_MS / 1000 });
}

/** True when the path was one of these. */
export async function enrolServe(
  services: RegionServices,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  peer: Peer,
): Promise<boolean> {
  if (path === regionAgentPaths.ca && request.method === 'GET') {
    response.writeHead(200, { 'content-type': 'application/x-pem-file' }).end(services.ca.certificate);
    return true;
  }
  if (path === regionAgentPaths.enrol && request.method === 'POST') {
    calmDemand(request.socket.remoteAddress ?? '');
    const input = inputParse(enrolRequest, await bodyJson(request), 'en-US') as z.output<typeof enrolRequest>;
    respondJson(response, 200, await hostEnrol(services, input));
    return true;
  }
  if (path === regionAgentPaths.renew && request.method === 'POST') {
    if (peer?.kind !== 'host') throw new BasaltError('enrolTokenInvalid');
    const { csr } = inputParse(renewRequest, await bodyJson(request), 'en-US') as z.output<typeof renewRequest>;
    respondJson(response, 200, await hostRenew(services, peer.identity, csr));
    return true;
  }
  return false;
}
