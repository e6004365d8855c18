import { Secret } from 'otpauth';
import { describe, expect, it } from 'vitest';
import { isRecoveryCode, recoveryCodeHash, recoveryCodesMake } from './recovery-codes.ts';
import { totpSecretMake, totpStep, totpUri } from './totp.ts';

/** The secret of RFC 6238, appendix B; its codes have eight digits, of which ours are the last six. */
const secret = Secret.fromUTF8('12345678901234567890').base32;

describe('one-time codes', () => {
  it.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('[IAM-13] are those of RFC 6238 at %s seconds', (seconds, code) => {
    expect(totpStep(secret, code, seconds * 1_000)).toBe(Math.floor(seconds / 30));
  });

  it('[IAM-13] may be one step early or late, not two', () => {
    const at = (seconds: number) => totpStep(secret, '287082', seconds * 1_000);
    expect([at(0), at(29), at(59), at(89)]).toEqual([1, 1, 1, 1]);
    expect([at(90), at(119)]).toEqual([null, null]);
  });

  it.each(['28708', '2870820', '28708x', '', '２８７０８２'])('[IAM-13] %s is none', (code) => {
    expect(totpStep(secret, code, 59_000)).toBeNull();
  });

  it('[IAM-13] have a secret of 160 random bits, told to the app by a URI that names the account', () => {
    const made = totpSecretMake();
    expect(Secret.fromBase32(made).bytes).toHaveLength(20);
    expect(totpSecretMake()).not.toBe(made);
    expect(totpUri(made, 'a+b@basalt.local')).toBe(
      `otpauth://totp/Basalt:a%2Bb%40basalt.local?issuer=Basalt&secret=${made}&algorithm=SHA1&digits=6&period=30`,
    );
  });
});

describe('recovery codes', () => {
  it('[IAM-13] are ten, all different, and are read as people type them', () => {
    const codes = recoveryCodesMake();
    expect(new Set(codes).size).toBe(10);
    for (const code of codes) {
      expect(code).toMatch(/^[0-9a-hjkmnp-tv-z]{4}(-[0-9a-hjkmnp-tv-z]{4}){3}$/u);
      expect(isRecoveryCode(code)).toBe(true);
      const typed = ` ${code.toUpperCase().replaceAll('-', ' ').replaceAll('0', 'O').replaceAll('1', 'l')} `;
      expect(recoveryCodeHash('account', typed)).toEqual(recoveryCodeHash('account', code));
    }
    expect(isRecoveryCode('123456')).toBe(false);
  });

  it('[IAM-13] of two accounts have other hashes', () => {
    expect(recoveryCodeHash('a', '0000-0000-0000-0000')).not.toEqual(recoveryCodeHash('b', '0000-0000-0000-0000'));
  });
});
