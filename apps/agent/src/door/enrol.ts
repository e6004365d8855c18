/**
 * Joining a region. The region's authority is compared with the pinned fingerprint before anything of ours is sent; only
 * then the token goes, over a connection verified by that authority.
 */
import { connect, type PeerCertificate, type TLSSocket } from 'node:tls';
import { X509Certificate } from 'node:crypto';
import { BasaltError, errorShape } from '@basalt/contract';
import {
  enrolAnswer,
  regionAgentPaths,
  renewAnswer,
  type enrolRequest,
  type renewRequest,
} from '@basalt/contract/agent/index';
import { csrCreate, fingerprintOf, identityOf } from '@basalt/service/pki';
import { mtlsAgent } from '@basalt/service/tls-client';
import { Agent, request, type Dispatcher } from 'undici';
import type { z } from 'zod';
import { type Identity, regionIdentityOf } from './identity-store.ts';

const TIMEOUT_MS = 10_000;
const ANSWER_LIMIT = 64 * 1024;

export interface EnrolOptions {
  /** `https://address:port`. */
  readonly region: string;
  readonly token: string;
  /** `sha256:<64 hex>` over the authority's certificate. */
  readonly caFingerprint: string;
  readonly hostName: string;
  readonly address: string;
  readonly port: number;
  readonly path?: string;
  readonly agentVersion: string;
}

const pemOf = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${(der.toString('base64').match(/.{1,64}/gu) ?? []).join('\n')}\n-----END CERTIFICATE-----\n`;

/** The authority at the end of the chain that the server sent, if it sent it. */
function chainEnd(socket: TLSSocket): string | null {
  let certificate: PeerCertificate | undefined = socket.getPeerCertificate(true);
  const seen = new Set<string>();
  while (certificate?.raw && !seen.has(certificate.fingerprint256)) {
    seen.add(certificate.fingerprint256);
    const parsed = new X509Certificate(certificate.raw);
    if (parsed.ca && parsed.checkIssued(parsed)) return pemOf(certificate.raw);
    certificate = 'issuerCertificate' in certificate ? (certificate.issuerCertificate as PeerCertificate) : undefined;
  }
  return null;
}

function caFromHandshake(url: URL): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const options = { host: url.hostname, port: Number(url.port || 443), timeout: TIMEOUT_MS };
    // Nothing is believed or sent on this connection: what it shows is compared with the fingerprint.
    const socket = connect({ ...options, rejectUnauthorized: false }, () => {
      resolve(chainEnd(socket));
      socket.destroy();
    });
    socket.once('error', reject);
    socket.once('timeout', () => socket.destroy(new Error(`no answer from ${url.host} within ${TIMEOUT_MS} ms`)));
  });
}

async function caFromPath(url: URL): Promise<string> {
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false, timeout: TIMEOUT_MS } });
  try {
    const answer = await request(new URL(regionAgentPaths.ca, url), {
      dispatcher,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return (await answer.body.text()).slice(0, ANSWER_LIMIT);
  } finally {
    await dispatcher.destroy();
  }
}

const matches = (pem: string | null, fingerprint: string): pem is string => {
  try {
    return pem !== null && fingerprintOf(pem) === fingerprint.toLowerCase();
  } catch {
    return false;
  }
};

/**
 * The region's authority, if it is the pinned one.
 * @throws Error when the server shows another one or none.
 */
export async function caPinned(region: string, fingerprint: string): Promise<string> {
  if (!/^sha256:[0-9a-f]{64}$/iu.test(fingerprint))
    throw new Error('the fingerprint must be sha256: and 64 hexadecimal digits');
  const url = new URL(region);
  if (url.protocol !== 'https:') throw new Error('the region must be an https URL');
  const shown = await caFromHandshake(url);
  if (matches(shown, fingerprint)) return shown;
  const given = await caFromPath(url);
  if (matches(given, fingerprint)) return given;
  throw new Error(
    `the certificate authority of ${url.host} does not have the fingerprint ${fingerprint}; nothing was sent`,
  );
}

/** @throws BasaltError the region's own refusal; Error for anything else. */
async function post<T extends z.ZodType>(
  url: URL,
  body: z.input<typeof enrolRequest> | z.input<typeof renewRequest>,
  answerSchema: T,
  dispatcher: Dispatcher,
): Promise<z.output<T>> {
  const answer = await request(url, {
    method: 'POST',
    dispatcher,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const text = (await answer.body.text()).slice(0, ANSWER_LIMIT);
  if (answer.statusCode === 200) return answerSchema.parse(JSON.parse(text));
  throw refusalOf(text) ?? new Error(`${url.pathname} answered ${answer.statusCode}: ${text.slice(0, 300)}`);
}

function refusalOf(text: string): BasaltError | null {
  try {
    const parsed: unknown = JSON.parse(text);
    const inner = typeof parsed === 'object' && parsed !== null && 'error' in parsed ? parsed.error : parsed;
    const shape = errorShape.safeParse(inner);
    return shape.success ? BasaltError.fromShape(shape.data) : null;
  } catch {
    return null;
  }
}

/**
 * Joins the region.
 * @throws Error when the authority is not the pinned one (the token was not sent); BasaltError enrolTokenInvalid.
 */
export async function enrol(options: EnrolOptions): Promise<Identity> {
  const ca = await caPinned(options.region, options.caFingerprint);
  const { csr, key } = await csrCreate();
  const dispatcher = new Agent({
    connect: {
      ca,
      timeout: TIMEOUT_MS,
      minVersion: 'TLSv1.3',
      // The region is known by the identity in its certificate, wherever it listens.
      checkServerIdentity: (_host: string, { raw }: { raw: Buffer }) =>
        /^basalt:\/\/region\/[^/]+\/region$/u.test(identityOf(raw) ?? '')
          ? undefined
          : new Error('this is not a region'),
    },
  });
  try {
    const answer = await post(
      new URL(regionAgentPaths.enrol, options.region),
      {
        token: options.token,
        hostName: options.hostName,
        csr,
        address: options.address,
        port: options.port,
        path: options.path ?? '',
        agentVersion: options.agentVersion,
      },
      enrolAnswer,
      dispatcher,
    );
    if (fingerprintOf(answer.ca) !== options.caFingerprint.toLowerCase())
      throw new Error('the region answered with another authority than the pinned one');
    const { hostId, regionName, renewAfter } = answer;
    regionIdentityOf(answer.certificate);
    return {
      own: { key, certificate: answer.certificate },
      ca: answer.ca,
      membership: {
        hostId,
        hostName: options.hostName,
        address: options.address,
        regionName,
        regionUrl: options.region,
        renewAfter,
      },
    };
  } finally {
    await dispatcher.destroy();
  }
}

/** A new key and certificate for the same subject, asked for with the present ones. */
export async function renew(present: Identity): Promise<Identity> {
  const { csr, key } = await csrCreate();
  const dispatcher = mtlsAgent(
    { own: present.own, ca: present.ca, expected: regionIdentityOf(present.own.certificate) },
    1,
  );
  try {
    const url = new URL(regionAgentPaths.renew, present.membership.regionUrl);
    const answer = await post(url, { csr }, renewAnswer, dispatcher);
    if (identityOf(answer.certificate) !== identityOf(present.own.certificate))
      throw new Error('the region answered with a certificate for somebody else');
    return {
      own: { key, certificate: answer.certificate },
      ca: answer.ca,
      membership: { ...present.membership, renewAfter: answer.renewAfter },
    };
  } finally {
    await dispatcher.destroy();
  }
}
