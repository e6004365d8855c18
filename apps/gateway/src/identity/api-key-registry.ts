/** Who signs a request with an API key, and whether he may now (IAM-15). */
import { EventEmitter } from 'node:events';
import { BasaltError, SIGNATURE_WINDOW_S, type ApiKeyId, type SignedParts } from '@basalt/contract';
import type { Logger, Sealer } from '@basalt/service';
import { apiKeyFactsQuery, apiKeySecret, apiKeyTouch, noncesPrune, type ApiKeyFacts } from '../store/api-key-store.ts';
import type { Database } from '../store/database.ts';
import { nonceClaimer } from './nonce-claim.ts';
import { signatureInvalid, signatureMismatch, signatureRead, signatureVerify, timeCheck } from './signature-check.ts';
import type { SignedIn } from './signed-in.ts';

const TOUCH_MS = 30_000;
const PRUNE_MS = 60_000;
const HOLDER_MS = 1_000;
const CACHE_MAX = 20_000;
/** Longer than the window, so that doors whose clocks differ a little forget none too early. */
const NONCE_S = 2 * SIGNATURE_WINDOW_S + 60;
/** Signs in place of a key that does not exist, so that the answer takes as long. */
const NOBODY = 'nobody-has-this-key-and-it-takes-as-long-to-say';

export interface SignedRequest extends Omit<SignedParts, 'time' | 'nonce' | 'bodyHash'> {
  /** The header as it came. */
  readonly authorization: string;
  readonly bodyHash: () => Promise<string>;
  readonly address: string;
  /** Asked before an unknown key is looked for and after a wrong signature. @throws BasaltError tooManyRequests. */
  readonly guessAllowed: () => void;
}

export interface ApiKeyRegistry {
  /**
   * Who signed the request; its nonce is then used up.
   * @throws BasaltError signatureInvalid, passwordChangeRequired, sourceRefused, hoursRefused.
   */
  readonly resolve: (request: SignedRequest) => Promise<SignedIn>;
  /** The key's holder as the database has it now; null when the key may not be used any more. */
  readonly reload: (id: string, address: string) => Promise<SignedIn | null>;
  /** Tells streams of a key to look again. */
  readonly changed: (id: ApiKeyId) => void;
  readonly onChange: (id: ApiKeyId, listener: () => void) => () => void;
  /** How many keys an account may have, by the present policy. */
  readonly maxPerAccount: () => number;
  readonly close: () => void;
}

export interface ApiKeyRegistryOptions {
  readonly db: Database;
  readonly seal: Sealer;
  readonly log: Logger;
  readonly maxPerAccount: () => number;
  /** Refuses who may not use the account from this address or at this time. @throws BasaltError. */
  readonly limitsCheck: (facts: ApiKeyFacts, address: string) => void;
  readonly signedIn: (facts: ApiKeyFacts) => SignedIn;
}

export function apiKeyRegistryOpen(options: ApiKeyRegistryOptions): ApiKeyRegistry {
  const { db, seal, log, limitsCheck, signedIn } = options;
  const claim = nonceClaimer(db);
  const factsOf = apiKeyFactsQuery(db);
  const changes = new EventEmitter().setMaxListeners(0);
  /** What never changes while a key lives; whether it lives is asked with every request. */
  const secrets = new Map<string, Promise<{ readonly id: string; readonly privateKey: string } | null>>();
  const holders = new Map<string, { readonly text: string; readonly session: SignedIn; readonly until: number }>();
  const touched = new Map<string, number>();

  const secretOf = (publicKey: string, guessAllowed: () => void) => {
    const known = secrets.get(publicKey);
    if (known) return known;
    guessAllowed();
    if (secrets.size >= CACHE_MAX) secrets.clear();
    const found = apiKeySecret(db, publicKey).then((row) => row && { id: row.id, privateKey: seal.unseal(row.secret) });
    secrets.set(publicKey, found);
    found.then(
      (secret) => secret ?? secrets.delete(publicKey),
      () => secrets.delete(publicKey),
    );
    return found;
  };

  /** Resolving rights costs more than all else of a request, and the facts are almost always what they were. */
  const holderMade = (facts: ApiKeyFacts): SignedIn => {
    const { lastUsedAt: _at, lastUsedAddress: _address, ...key } = facts.key;
    const text = JSON.stringify([key, facts.account, facts.bindings]);
    const now = Date.now();
    const known = holders.get(key.id);
    // by the clock too: a password expires, and the policy about it changes
    if (known && known.text === text && now < known.until) return known.session;
    if (holders.size >= CACHE_MAX) holders.clear();
    const session = signedIn(facts);
    holders.set(key.id, { text, session, until: now + HOLDER_MS });
    return session;
  };

  /** @throws BasaltError when the key may not be used now. */
  const holderOf = (facts: ApiKeyFacts, address: string): SignedIn => {
    if (!facts.key.enabled) throw signatureInvalid('该密钥已禁用', 'the key is disabled');
    if (facts.account.frozen) throw signatureInvalid('该账号已冻结', 'the account is frozen');
    limitsCheck(facts, address);
    const session = holderMade(facts);
    if (session.mustChangePassword) throw new BasaltError('passwordChangeRequired');
    return session;
  };

  const touch = (id: string, address: string): void => {
    const now = Date.now();
    if (now - (touched.get(id) ?? 0) < TOUCH_MS) return;
    if (touched.size >= CACHE_MAX) touched.clear();
    touched.set(id, now);
    apiKeyTouch(db, id, new Date(now), address).catch((error: unknown) =>
      log.warn({ error }, 'a key’s last use was not written'),
    );
  };

  const pruning = setInterval(() => {
    noncesPrune(db, new Date()).catch((error: unknown) => log.warn({ error }, 'nonces were not pruned'));
  }, PRUNE_MS);
  pruning.unref();

  return {
    async resolve({ authorization, bodyHash, address, guessAllowed, method, path, query }) {
      const { publicKey, time, nonce, signature } = signatureRead(authorization);
      timeCheck(time, Math.floor(Date.now() / 1_000));
      const secret = await secretOf(publicKey, guessAllowed);
      const parts = { method, path, query, bodyHash: await bodyHash(), time, nonce };
      try {
        signatureVerify(secret?.privateKey ?? NOBODY, signature, parts);
        if (!secret) throw signatureMismatch();
      } catch (error) {
        // a key that is known costs as much to guess at as one that is not
        if (secret) guessAllowed();
        throw error;
      }
      const { fresh, facts } = await claim({
        keyId: secret.id,
        nonce,
        expiresAt: new Date((time + NONCE_S) * 1_000),
        // to do a change once is worth the wait for the disk; to answer a read once after a crash is not
        durable: method !== 'GET' && method !== 'HEAD',
      });
      if (!facts) {
        secrets.delete(publicKey);
        throw signatureMismatch();
      }
      if (!fresh) throw signatureInvalid('nonce 已被使用', 'its nonce has been used before');
      const session = holderOf(facts, address);
      touch(secret.id, address);
      return session;
    },
    async reload(id, address) {
      const [facts] = await factsOf([id]);
      if (!facts) return null;
      try {
        return holderOf(facts, address);
      } catch (error) {
        if (error instanceof BasaltError) return null;
        throw error;
      }
    },
    changed: (id) => void changes.emit(id),
    onChange(id, listener) {
      changes.once(id, listener);
      return () => changes.off(id, listener);
    },
    maxPerAccount: options.maxPerAccount,
    close: () => clearInterval(pruning),
  };
}
