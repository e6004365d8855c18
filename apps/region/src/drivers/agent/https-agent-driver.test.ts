import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HostId } from '@basalt/contract';
import { caCreate, freePort, identityCreate, mtlsServerOptions, newId, type KeyAndCertificate } from '@basalt/service';
import type { AgentDriver, HostAddress } from './agent-driver.ts';
import { httpsAgentDriver } from './https-agent-driver.ts';

const identity = (id: HostId): string => `basalt://region/lab/host/${id}`;
let ca: KeyAndCertificate;
let driver: AgentDriver;
beforeAll(async () => {
  ca = await caCreate('test');
  const own = await identityCreate(ca, { commonName: 'region', uri: 'basalt://region/lab/region', hours: 1 });
  driver = httpsAgentDriver({ own, ca: ca.certificate, identity });
});
afterAll(() => driver.close());

const host = (port: number, id = newId<HostId>()): HostAddress => ({
  id,
  name: 'host1',
  address: '127.0.0.1',
  port,
  pathPrefix: '',
});

test('[HOST-01] a host where nobody listens is unreachable, which is not a time-out', async () => {
  await expect(driver.client(host(await freePort())).host.facts({})).rejects.toMatchObject({
    code: 'agentUnreachable',
    params: { host: 'host1' },
  });
});

test('[HOST-02] an agent that shows another host’s certificate is not talked to; the right one’s refusal arrives as it is', async () => {
  const id = newId<HostId>();
  const own = await identityCreate(ca, { commonName: id, uri: identity(id), hours: 1 });
  const seen: string[] = [];
  const server = createServer(mtlsServerOptions(own, ca.certificate), (request, response) => {
    seen.push(request.url ?? '');
    const basalt = {
      code: 'agentRefused',
      message: '',
      params: { host: 'host1', reason: 'why' },
      field: null,
      retryable: false,
      requestId: null,
    };
    response.writeHead(409, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({ error: { message: '', code: -32009, data: { code: 'CONFLICT', httpStatus: 409, basalt } } }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    await expect(driver.client(host(port)).host.facts({})).rejects.toMatchObject({ code: 'agentUnreachable' });
    expect(seen).toEqual([]);
    await expect(driver.client(host(port, id)).host.facts({})).rejects.toMatchObject({
      code: 'agentRefused',
      params: { reason: 'why' },
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
