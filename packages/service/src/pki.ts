/**
 * A region's own certificate authority. Identities stand in a URI in the subject's alternative names:
 * `basalt://region/<key>/region`, `…/gateway`, `…/host/<id>`; names and addresses say only where somebody listens.
 */
import { webcrypto, X509Certificate as NodeCertificate } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Large, and wanted only where certificates are made: reading them does without. */
async function x509Load() {
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  x509.cryptoProvider.set(webcrypto);
  return x509;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const HOUR = 3_600_000;

export interface KeyAndCertificate {
  /** PEM. */
  readonly certificate: string;
  /** PEM, PKCS #8. */
  readonly key: string;
}

async function keyExport(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)).toString('base64');
  return `-----BEGIN PRIVATE KEY-----\n${der.match(/.{1,64}/gu)?.join('\n') ?? ''}\n-----END PRIVATE KEY-----\n`;
}

async function keyImport(pem: string): Promise<webcrypto.CryptoKey> {
  const der = Buffer.from(pem.replaceAll(/-----[A-Z ]+-----|\s/gu, ''), 'base64');
  return webcrypto.subtle.importKey('pkcs8', der, algorithm, true, ['sign']);
}

/** A new authority, valid for `years`. */
export async function caCreate(name: string, years = 10): Promise<KeyAndCertificate> {
  const x509 = await x509Load();
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [name] }, { O: ['Basalt'] }],
    notBefore: new Date(Date.now() - HOUR),
    notAfter: new Date(Date.now() + years * 365 * 24 * HOUR),
    signingAlgorithm: algorithm,
    keys: keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: `${certificate.toString('pem')}\n`, key: await keyExport(keys.privateKey) };
}

/** A key made here and the request to certify it; the key never leaves. */
export async function csrCreate(): Promise<{ readonly csr: string; readonly key: string }> {
  const x509 = await x509Load();
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const csr = await x509.Pkcs10CertificateRequestGenerator.create({
    name: [{ CN: ['request'] }],
    keys: keys,
    signingAlgorithm: algorithm,
  });
  return { csr: `${csr.toString('pem')}\n`, key: await keyExport(keys.privateKey) };
}

export interface CertificateOrder {
  /** PEM; only its public key is used, the subject is chosen here. Its self-signature must hold. */
  readonly csr: string;
  readonly commonName: string;
  readonly uri: string;
  readonly dns?: readonly string[];
  readonly ips?: readonly string[];
  readonly hours: number;
}

/** @throws Error when the request's signature does not hold or it is not an EC P-256 request. */
export async function certificateIssue(ca: KeyAndCertificate, order: CertificateOrder): Promise<string> {
  const x509 = await x509Load();
  const request = new x509.Pkcs10CertificateRequest(order.csr);
  if (!(await request.verify())) throw new Error('the certificate request is not signed by its own key');
  const issuer = new x509.X509Certificate(ca.certificate);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: [{ CN: [order.commonName] }, { O: ['Basalt'] }],
    issuer: issuer.subject,
    notBefore: new Date(Date.now() - HOUR),
    notAfter: new Date(Date.now() + order.hours * HOUR),
    signingAlgorithm: algorithm,
    publicKey: request.publicKey,
    signingKey: await keyImport(ca.key),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
      new x509.SubjectAlternativeNameExtension([
        { type: 'url', value: order.uri },
        ...(order.dns ?? []).map((value) => ({ type: 'dns' as const, value })),
        ...(order.ips ?? []).map((value) => ({ type: 'ip' as const, value })),
      ]),
    ],
  });
  return `${certificate.toString('pem')}\n`;
}

/** `sha256:<64 hex>` over the certificate's DER, as an operator compares it. */
export const fingerprintOf = (pem: string): string =>
  `sha256:${new NodeCertificate(pem).fingerprint256.replaceAll(':', '').toLowerCase()}`;

/** The `basalt://…` identity in a certificate, or null. Accepts PEM or DER. */
export function identityOf(certificate: string | Buffer): string | null {
  const names = new NodeCertificate(certificate).subjectAltName?.split(/,\s*/u) ?? [];
  return names.find((n) => n.startsWith('URI:basalt://'))?.slice(4) ?? null;
}

export const expiryOf = (pem: string): Date => new Date(new NodeCertificate(pem).validTo);

/** The authority in `<directory>/<name>.{crt,key}`, made at first use; the key is readable by its owner only. */
export async function caLoadOrCreate(directory: string, name: string, commonName: string): Promise<KeyAndCertificate> {
  const files = { certificate: join(directory, `${name}.crt`), key: join(directory, `${name}.key`) };
  if (existsSync(files.certificate) && existsSync(files.key)) {
    return { certificate: readFileSync(files.certificate, 'utf8'), key: readFileSync(files.key, 'utf8') };
  }
  const made = await caCreate(commonName);
  keyAndCertificateWrite(files, made);
  return made;
}

export function keyAndCertificateWrite(
  files: { readonly certificate: string; readonly key: string },
  pair: KeyAndCertificate,
): void {
  mkdirSync(join(files.key, '..'), { recursive: true, mode: 0o700 });
  writeFileSync(files.key, pair.key, { mode: 0o600 });
  chmodSync(files.key, 0o600);
  writeFileSync(files.certificate, pair.certificate);
}

/** A certificate of `ca` for a key made here: for the region's own listener and for the gateway. */
export async function identityCreate(
  ca: KeyAndCertificate,
  order: Omit<CertificateOrder, 'csr'>,
): Promise<KeyAndCertificate> {
  const { csr, key } = await csrCreate();
  return { certificate: await certificateIssue(ca, { ...order, csr }), key };
}
