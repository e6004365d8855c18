/** Cuts secrets out by name, at any depth, of what is written down: logs of services and the operation log. */

const CENSOR = '[redacted]';
const DEPTH_MAX = 12;

/** In lower case, without `-` and `_`. A name that ends with one of these is meant too: `newPassword`, `x-auth-token`. */
const endings = ['password', 'secret', 'token', 'ticket', 'cookie', 'authorization', 'privatekey', 'passphrase'];
const names = new Set([...endings, 'code', 'codes', 'recoverycodes', 'otp', 'totpsecret', 'userdata', 'sshkeys']);
/** Further names in logs of services, where nobody needs what stands there; in the operation log they may be of use. */
const logNames = new Set(['key', 'current', 'challenge', 'signature']);

type Rule = (name: string) => boolean;
const byName =
  (more: ReadonlySet<string>): Rule =>
  (name) => {
    const plain = name.toLowerCase().replaceAll(/[-_]/gu, '');
    return names.has(plain) || more.has(plain) || endings.some((ending) => plain.endsWith(ending));
  };

/**
 * A copy in which what stands under a secret's name is replaced: texts and numbers directly, and all texts below. Numbers
 * and switches further down stay, since a policy about passwords is none. Objects that know how to become JSON stay as they are.
 */
function redact(value: unknown, isSecret: Rule, below: boolean, seen: ReadonlySet<object>): unknown {
  if (typeof value === 'string') return below ? CENSOR : value;
  if (typeof value !== 'object' || value === null) return value;
  if (seen.has(value) || seen.size > DEPTH_MAX) return '[not shown]';
  if (ArrayBuffer.isView(value)) return below ? CENSOR : value;
  if ('toJSON' in value && typeof value.toJSON === 'function') return below ? CENSOR : value;
  const within = new Set(seen).add(value);
  if (Array.isArray(value)) return value.map((each) => redact(each, isSecret, below, within));
  return Object.fromEntries(
    Object.entries(value).map(([name, each]: [string, unknown]) => {
      const secret = isSecret(name);
      if (secret && (typeof each === 'number' || typeof each === 'bigint')) return [name, CENSOR];
      return [name, redact(each, isSecret, below || secret, within)];
    }),
  );
}

/** For the operation log. */
export const secretsCut = (detail: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  redact(detail, byName(new Set()), false, new Set()) as Record<string, unknown>;

/** For logs of services. */
export const logSecretsCut = (entry: Record<string, unknown>): Record<string, unknown> =>
  redact(entry, byName(logNames), false, new Set()) as Record<string, unknown>;
