/**
 * The way to a region before it is known: its authority is compared with the pinned fingerprint, and only what is verified by
 * that authority is sent anything.
 */
import { connect, type PeerCertificate, type TLSSocket } from 'node:tls';
import { X509Certificate } from 'node:crypto';
import { regionAgentPaths } from '@basalt/contract/agent/index';
import { fingerprintOf, identityOf } from '@basalt/service/pki';
import { Agent, request, type Dispatcher } from 'undici';

const TIMEOUT_MS = 10_000;
const ANSWER_LIMIT = 64 * 1024;

export interface RegionDoor {
  /** `https://address:port`. */
  readonly url: string;
  readonly caFingerprint: string;
  /** Connections verified by the pinned authority. */
  readonly dispatcher: Dispatcher;
  close(): Promise<void>;
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
    socket.once('timeout', () =>
      socket.destroy(
        Object.assign(new Error(`no answer from ${url.host} within ${TIMEOUT_MS} ms`), { code: 'ETIMEDOUT' }),
      ),
    );
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
async function caPinned(region: string, fingerprint: string): Promise<string> {
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

/**
 * @param connections how many are kept: one host needs one
 * @throws Error when the authority is not the pinned one, or nobody answers.
 */
export async function regionDoorOpen(url: string, caFingerprint: string, connections = 1): Promise<RegionDoor> {
  const ca = await caPinned(url, caFingerprint);
  const dispatcher = new Agent({
    connections,
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
  return { url, caFingerprint, dispatcher, close: () => dispatcher.destroy() };
}
