import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { caCreate, freePort, identityCreate, keyAndCertificateWrite, type TestPostgres } from '@basalt/service';
import { doorOpen, PASSWORD, postgresOpen, send, type Door } from './harness.ts';

let postgres: TestPostgres;
let door: Door;
let pages: Server;
let seen: IncomingHttpHeaders = {};
let upstream: string;
beforeAll(async () => {
  postgres = await postgresOpen();
  const served = new WeakSet<object>();
  pages = createServer((request, response) => {
    // as a server whose idle time is over in the moment in which a request comes on a kept connection
    if (request.url === '/late' && served.has(request.socket)) return void request.socket.destroy();
    served.add(request.socket);
    seen = request.headers;
    response.writeHead(200, {
      'content-type': 'text/html',
      'x-powered-by': 'Next.js',
      'content-security-policy': 'default-src *',
    });
    response.end(`<p>${request.url ?? ''}</p>`);
  });
  await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve));
  upstream = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
  door = await doorOpen(postgres, { env: { consoleUpstream: upstream } });
  await door.accountAdd('admin@basalt.local', 'systemAdmin');
}, 60_000);
afterAll(async () => {
  await door.close();
  pages.closeAllConnections();
  pages.close();
  await postgres[Symbol.asyncDispose]();
});

describe('pages', () => {
  it('[BYD-02] come from the console with a fresh nonce that both sides know', async () => {
    const cookie = await door.signIn('admin@basalt.local');
    const answer = await send(door, 'GET', '/vms?page=2', {
      cookie: `${cookie}; basalt_theme=dark`,
      headers: { 'x-nonce': 'forged', 'x-middleware-subrequest': 'middleware', 'x-forwarded-host': 'evil.example' },
    });
    expect(answer.body['text']).toBe('<p>/vms?page=2</p>');
    const policy = answer.headers.get('content-security-policy') ?? '';
    const nonce = /script-src 'self' 'nonce-([^']+)' 'strict-dynamic'/u.exec(policy)?.[1];
    expect(seen).toMatchObject({ 'x-nonce': nonce, 'content-security-policy': policy });
    expect(seen['x-middleware-subrequest']).toBeUndefined();
    expect(seen['x-forwarded-host']).not.toBe('evil.example');
    for (const part of ["frame-ancestors 'none'", "base-uri 'none'", "object-src 'none'", "form-action 'self'"])
      expect(policy).toContain(part);
    expect(answer.headers.get('x-powered-by')).toBeNull();
    const again = await send(door, 'GET', '/');
    expect(again.headers.get('content-security-policy')).not.toBe(policy);
  });

  it('[BYD-02] come also when a kept connection ends in that moment', async () => {
    await Promise.all(['/a', '/b', '/c'].map((path) => send(door, 'GET', path)));
    const answer = await send(door, 'GET', '/late');
    expect([answer.status, answer.body['text']]).toEqual([200, '<p>/late</p>']);
  });

  it('[BYD-02] are drawn without the session', async () => {
    const cookie = await door.signIn('admin@basalt.local');
    await send(door, 'GET', '/', { cookie: `${cookie}; basalt_theme=dark` });
    expect(seen.cookie).not.toContain('basalt_session');
    expect(seen.cookie).toContain('basalt_theme=dark');
  });

  it('[BYD-02] change nothing', async () => {
    expect((await send(door, 'POST', '/vms', { body: {} })).status).toBe(405);
  });

  it('[BYD-02] say so when the console is not there', async () => {
    const own = await doorOpen(postgres, { env: { consoleUpstream: `http://127.0.0.1:${await freePort()}` } });
    try {
      expect((await send(own, 'GET', '/')).status).toBe(503);
    } finally {
      await own.close();
    }
  });
});

describe('over TLS', () => {
  it('[IAM-01] the cookie is bound to host and TLS, and browsers are told to stay there', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'basalt-tls-'));
    const ca = await caCreate('test');
    const files = { certificate: join(directory, 'door.crt'), key: join(directory, 'door.key') };
    keyAndCertificateWrite(
      files,
      await identityCreate(ca, { commonName: 'door', uri: 'basalt://door', ips: ['127.0.0.1'], hours: 1 }),
    );
    const own = await doorOpen(postgres, {
      env: {
        tls: { certificateFile: files.certificate, keyFile: files.key },
        publicOrigins: ['https://basalt.example'],
      },
    });
    try {
      await own.accountAdd('admin@basalt.local', 'systemAdmin');
      const { port } = new URL(own.url);
      const headers = await new Promise<IncomingHttpHeaders>((resolve, reject) => {
        const request = httpsRequest(
          {
            host: '127.0.0.1',
            port,
            path: '/api/v1/session',
            method: 'POST',
            ca: ca.certificate,
            headers: { origin: 'https://basalt.example', 'content-type': 'application/json' },
          },
          (response) => resolve(response.resume().headers),
        );
        request.once('error', reject);
        request.end(JSON.stringify({ email: 'admin@basalt.local', password: PASSWORD }));
      });
      expect(headers['set-cookie']?.[0]).toMatch(
        /^__Host-basalt_session=[\w-]{43}; HttpOnly; Path=\/; SameSite=Strict; Secure$/u,
      );
      expect(headers['strict-transport-security']).toContain('max-age=31536000');
    } finally {
      await own.close();
      rmSync(directory, { recursive: true });
    }
  });
});
