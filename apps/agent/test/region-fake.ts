/** A region small enough for tests: an authority, tokens, enrolment and renewal, and a client of the agent's door. */
import { createServer, type Server } from 'node:https';
import { createHash, randomUUID, X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { BasaltError } from '@basalt/contract';
import {
  agentPaths,
  agentProcedures,
  enrolRequest,
  regionAgentPaths,
  renewRequest,
} from '@basalt/contract/agent/index';
import { clientBuild } from '@basalt/rpc';
import {
  caCreate,
  certificateIssue,
  expiryOf,
  fingerprintOf,
  identityCreate,
  identityOf,
  type KeyAndCertificate,
} from '@basalt/service/pki';
import { mtlsServerOptions, peerIdentityOf } from '@basalt/service/tls';
import { mtlsAgent, rpcFetch } from '@basalt/service/tls-client';

export interface RegionFakeOptions {
  readonly address?: string;
  /** Milliseconds until an issued certificate is to be renewed. */
  readonly renewAfterMs?: number;
  /** Sends the authority along in the handshake. */
  readonly chain?: boolean;
  /** Whether this request to join, counted from 1, loses its connection before anything is done or before the answer. */
  readonly cut?: (count: number) => 'before' | 'after' | null;
}

export interface Enrolled {
  readonly hostId: string;
  /** SHA-256 of its public key. */
  readonly key: string;
  readonly body: Record<string, unknown>;
}

const bodyOf = async (request: IncomingMessage): Promise<unknown> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
};

export class RegionFake {
  readonly ca: KeyAndCertificate;
  readonly own: KeyAndCertificate;
  readonly tokens = new Map<string, Enrolled | null>();
  readonly enrolled: Enrolled[] = [];
  /** Paths that were asked, in order. */
  readonly asked: string[] = [];
  renewals = 0;
  readonly #options: RegionFakeOptions;
  readonly #server: Server;

  private constructor(options: RegionFakeOptions, ca: KeyAndCertificate, own: KeyAndCertificate) {
    this.ca = ca;
    this.own = own;
    this.#options = options;
    const shown = options.chain ? { ...own, certificate: own.certificate + ca.certificate } : own;
    this.#server = createServer(mtlsServerOptions(shown, ca.certificate, 'optional'), (request, response) => {
      this.asked.push(request.url ?? '');
      const joins = request.url === regionAgentPaths.enrol;
      const cut = joins ? (options.cut?.(this.asked.filter((path) => path === request.url).length) ?? null) : null;
      if (cut === 'before') return void request.socket.destroy();
      this.#answer(request).then(
        (answer) =>
          cut === 'after'
            ? request.socket.destroy()
            : response.writeHead(200).end(typeof answer === 'string' ? answer : JSON.stringify(answer)),
        (error: unknown) => {
          const basalt = error instanceof BasaltError ? error : new BasaltError('internal', {}, { cause: error });
          response.writeHead(basalt.status).end(JSON.stringify(basalt.shape('en-US')));
        },
      );
    });
  }

  static async open(options: RegionFakeOptions = {}): Promise<RegionFake> {
    const ca = await caCreate('test region');
    const own = await identityCreate(ca, { commonName: 'region', uri: 'basalt://region/r1/region', hours: 1 });
    const region = new RegionFake(options, ca, own);
    await new Promise<void>((done) => region.#server.listen(0, options.address ?? '127.0.0.1', done));
    return region;
  }

  get url(): string {
    const { address, port } = this.#server.address() as AddressInfo;
    return `https://${address}:${port}`;
  }

  get fingerprint(): string {
    return fingerprintOf(this.ca.certificate);
  }

  token(): string {
    const token = randomUUID() + randomUUID();
    this.tokens.set(token, null);
    return token;
  }

  /** How the region dials an agent, as the identity given or its own. */
  dial(expected: string, as: KeyAndCertificate = this.own) {
    return mtlsAgent({ own: as, ca: this.ca.certificate, expected }, 8);
  }

  client(base: string, hostId: string, as: KeyAndCertificate = this.own) {
    const dispatcher = this.dial(`basalt://region/r1/host/${hostId}`, as);
    const client = clientBuild(agentProcedures, {
      url: `${base}${agentPaths.rpc}`,
      fetch: rpcFetch(dispatcher),
      deadline: () => 70_000,
      unreachable: (timedOut, seconds, cause) =>
        timedOut
          ? new BasaltError('agentTimedOut', { host: hostId, seconds }, { cause })
          : new BasaltError('agentUnreachable', { host: hostId }, { cause }),
    });
    return { client, dispatcher };
  }

  /** Nobody is at the door for a while; whoever is talking is cut off. */
  async outage(ms: number): Promise<void> {
    const { address, port } = this.#server.address() as AddressInfo;
    await this.close();
    await sleep(ms);
    await new Promise<void>((done) => this.#server.listen(port, address, done));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  async #answer(request: IncomingMessage): Promise<unknown> {
    if (request.url === regionAgentPaths.ca) return this.ca.certificate;
    if (request.url === regionAgentPaths.enrol) {
      const raw = await bodyOf(request);
      const body = enrolRequest.parse(raw);
      const used = this.tokens.get(body.token);
      if (used === undefined) throw new BasaltError('enrolTokenInvalid');
      const hostId = used?.hostId ?? randomUUID();
      const issued = await this.#issue(body.csr, `basalt://region/r1/host/${hostId}`);
      const key = createHash('sha256')
        .update(new X509Certificate(issued.certificate).publicKey.export({ type: 'spki', format: 'der' }))
        .digest('hex');
      if (used && used.key !== key) throw new BasaltError('enrolTokenInvalid');
      const enrolled = used ?? { hostId, key, body: raw as Record<string, unknown> };
      if (!used) this.enrolled.push(enrolled);
      this.tokens.set(body.token, enrolled);
      return { hostId, ...issued, regionName: 'r1' };
    }
    const peer = peerIdentityOf(request.socket as TLSSocket);
    if (request.url === regionAgentPaths.renew && peer) {
      this.renewals += 1;
      return this.#issue(renewRequest.parse(await bodyOf(request)).csr, peer);
    }
    throw new BasaltError('notFound', { kind: 'path' });
  }

  async #issue(csr: string, uri: string) {
    const certificate = await certificateIssue(this.ca, { csr, commonName: 'host', uri, hours: 24 });
    if (identityOf(certificate) !== uri || expiryOf(certificate).getTime() < Date.now())
      throw new Error('issued wrongly');
    const renewAfter = new Date(Date.now() + (this.#options.renewAfterMs ?? 12 * 3_600_000)).toISOString();
    return { certificate, ca: this.ca.certificate, renewAfter };
  }
}
