/** Mutual TLS between the services: who is at the other end is read from the certificate's URI, not from where it listens. */
import { X509Certificate } from 'node:crypto';
import type { ServerOptions } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { identityOf, type KeyAndCertificate } from './pki.ts';

/**
 * Options for `https.createServer`. With `clients: 'optional'` a request without certificate comes through and
 * {@link peerIdentityOf} tells null: for the enrolment path only.
 */
export const mtlsServerOptions = (
  own: KeyAndCertificate,
  ca: string,
  clients: 'required' | 'optional' = 'required',
): ServerOptions => ({
  cert: own.certificate,
  key: own.key,
  ca,
  requestCert: true,
  rejectUnauthorized: clients === 'required',
  minVersion: 'TLSv1.3',
});

/** The authenticated identity at the other end, or null when there was no certificate or not one of our authority. */
export function peerIdentityOf(socket: TLSSocket): string | null {
  if (!socket.authorized) return null;
  const raw = socket.getPeerCertificate().raw;
  return raw ? identityOf(raw) : null;
}

export interface MtlsPeer {
  readonly own: KeyAndCertificate;
  readonly ca: string;
  /** The identity that must answer, `basalt://…`. */
  readonly expected: string;
}

/**
 * The server name that asks for an identity: `<id>.host.<key>.region` for `basalt://region/<key>/host/<id>`. Several
 * simulated hosts answer on one port, each with its own certificate; everybody else ignores it.
 */
export const serverNameOf = (identity: string): string =>
  identity.slice('basalt://'.length).split('/').toReversed().join('.');

/** TLS options of a client for `tls.connect`, `ws` and undici: chain by our authority, identity by URI instead of host name. */
export const mtlsClientOptions = ({ own, ca, expected }: MtlsPeer) => ({
  servername: serverNameOf(expected),
  cert: own.certificate,
  key: own.key,
  ca,
  minVersion: 'TLSv1.3' as const,
  checkServerIdentity: (_host: string, certificate: { raw: Buffer }): Error | undefined => {
    const found = identityOf(certificate.raw);
    return found === expected ? undefined : new Error(`expected ${expected}, found ${found ?? 'no identity'}`);
  },
});

/** Whether a PEM certificate was signed by `ca`. */
export const issuedBy = (certificate: string, ca: string): boolean =>
  new X509Certificate(certificate).checkIssued(new X509Certificate(ca));
