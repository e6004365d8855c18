import { randomBytes } from 'node:crypto';

/** Begins every public key, so that one is recognised where it turns up. */
const PREFIX = 'bk_';

/** A new pair: the public key names it in every request, the private key (256 random bits) signs and is told once. */
export const keyPairCreate = (): { readonly publicKey: string; readonly privateKey: string } => ({
  publicKey: `${PREFIX}${randomBytes(16).toString('base64url')}`,
  privateKey: randomBytes(32).toString('base64url'),
});
