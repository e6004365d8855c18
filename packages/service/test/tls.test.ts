import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { expect, test } from 'vitest';
import {
  caCreate,
  certificateIssue,
  csrCreate,
  fingerprintOf,
  identityCreate,
  identityOf,
  mtlsAgent,
  mtlsServerOptions,
  peerIdentityOf,
  rpcFetch,
} from '../src/index.ts';

const uri = 'basalt://region/r1/gateway';

test('[REG-02] a service is known by the identity in its certificate; others are refused', async () => {
  const ca = await caCreate('test');
  const foreign = await caCreate('foreign');
  const server = await identityCreate(ca, { commonName: 'region', uri: 'basalt://region/r1/region', hours: 1 });
  const own = await identityCreate(ca, { commonName: 'gateway', uri, hours: 1 });
  const stranger = await identityCreate(foreign, { commonName: 'gateway', uri, hours: 1 });
  const listener = createServer(mtlsServerOptions(server, ca.certificate), (request, response) => {
    response.end(JSON.stringify({ peer: peerIdentityOf(request.socket as TLSSocket) }));
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const url = `https://127.0.0.1:${(listener.address() as AddressInfo).port}/`;
  const ask = async (identity: typeof own, expected: string) => {
    const agent = mtlsAgent({ own: identity, ca: ca.certificate, expected });
    try {
      const answer = await rpcFetch(agent)(url, {});
      return await answer.json();
    } finally {
      await agent.destroy();
    }
  };
  try {
    expect(await ask(own, 'basalt://region/r1/region')).toEqual({ peer: uri });
    await expect(ask(own, 'basalt://region/other/region')).rejects.toThrow(/expected basalt:\/\/region\/other/u);
    await expect(ask(stranger, 'basalt://region/r1/region')).rejects.toThrow();
  } finally {
    listener.closeAllConnections();
    await new Promise((resolve) => listener.close(resolve));
  }
});

test('[HOST-02] the authority chooses the subject and refuses a request that its key did not sign', async () => {
  const ca = await caCreate('test');
  const { csr } = await csrCreate();
  const issued = await certificateIssue(ca, { csr, commonName: 'host1', uri: 'basalt://region/r1/host/1', hours: 24 });
  expect(identityOf(issued)).toBe('basalt://region/r1/host/1');
  expect(fingerprintOf(ca.certificate)).toMatch(/^sha256:[0-9a-f]{64}$/u);
  const body = csr.split('\n');
  const line = body[2] ?? '';
  body[2] = (line.startsWith('A') ? 'B' : 'A') + line.slice(1);
  await expect(
    certificateIssue(ca, { csr: body.join('\n'), commonName: 'x', uri: 'basalt://x', hours: 1 }),
  ).rejects.toThrow();
});
