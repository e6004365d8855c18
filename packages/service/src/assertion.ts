/** Signing and checking who acts: EdDSA JWT, 60 s, for one region (see actorAssertion in the contract). */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { actorAssertion, BasaltError, type ActorAssertion } from '@basalt/contract';
import {
  exportPKCS8,
  exportSPKI,
  generateKeyPair,
  importPKCS8,
  importSPKI,
  jwtVerify,
  SignJWT,
  type CryptoKey,
} from 'jose';

const ISSUER = 'basalt-gateway';
const LIFE_SECONDS = 60;

/** The signing key in `<directory>/assertion.key`, made at first use, and its public half in `assertion.pub`. */
export async function assertionKeyLoadOrCreate(directory: string): Promise<CryptoKey> {
  const file = join(directory, 'assertion.key');
  if (existsSync(file)) return importPKCS8(readFileSync(file, 'utf8'), 'EdDSA', { extractable: false });
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true });
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  writeFileSync(file, await exportPKCS8(privateKey), { mode: 0o600 });
  writeFileSync(join(directory, 'assertion.pub'), await exportSPKI(publicKey));
  return privateKey;
}

export async function assertionSign(key: CryptoKey, actor: ActorAssertion): Promise<string> {
  const { sub, aud, ...claims } = actor;
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'EdDSA' })
    .setIssuer(ISSUER)
    .setSubject(sub)
    .setAudience(aud)
    .setIssuedAt()
    .setExpirationTime(`${LIFE_SECONDS}s`)
    .sign(key);
}

export const assertionPublicKey = (file: string): Promise<CryptoKey> => importSPKI(readFileSync(file, 'utf8'), 'EdDSA');

/** @throws BasaltError notSignedIn when the assertion is missing, wrong, for another region, or older than 60 s. */
export async function assertionVerify(
  key: CryptoKey,
  region: string,
  header: string | undefined,
): Promise<ActorAssertion> {
  try {
    if (!header?.startsWith('Bearer ')) throw new Error('no assertion');
    const { payload } = await jwtVerify(header.slice(7), key, {
      issuer: ISSUER,
      audience: region,
      algorithms: ['EdDSA'],
      clockTolerance: 5,
    });
    return actorAssertion.parse(payload);
  } catch (cause) {
    throw new BasaltError('notSignedIn', {}, { cause });
  }
}
