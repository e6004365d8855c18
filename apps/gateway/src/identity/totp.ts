/** Time-based one-time codes (RFC 6238): SHA-1, six digits, 30 seconds, one step of clock difference to either side. */
import { timingSafeEqual } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';

const ISSUER = 'Basalt';
const PERIOD_S = 30;
const SKEW_STEPS = 1;

/** 160 random bits, as RFC 4226 recommends, in base32. */
export const totpSecretMake = (): string => new Secret({ size: 20 }).base32;

const totpOf = (secret: string, label = ''): TOTP =>
  new TOTP({
    issuer: ISSUER,
    label,
    algorithm: 'SHA1',
    digits: 6,
    period: PERIOD_S,
    secret: Secret.fromBase32(secret),
  });

/** What the QR code says. */
export const totpUri = (secret: string, email: string): string => totpOf(secret, email).toString();

/** The time step whose code it is, the newest first; null when it is none of now. */
export function totpStep(secret: string, code: string, now = Date.now()): number | null {
  if (!/^\d{6}$/u.test(code)) return null;
  const totp = totpOf(secret);
  const present = Math.floor(now / 1_000 / PERIOD_S);
  let found: number | null = null;
  for (let step = present - SKEW_STEPS; step <= present + SKEW_STEPS; step += 1) {
    const expected = totp.generate({ timestamp: step * PERIOD_S * 1_000 });
    if (timingSafeEqual(Buffer.from(expected), Buffer.from(code))) found = step;
  }
  return found;
}
