/** What of a signed request can be judged without asking anybody: its form, its time, its signature. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import {
  BasaltError,
  both,
  SIGNATURE_SCHEME,
  SIGNATURE_WINDOW_S,
  stringToSign,
  type SignedParts,
} from '@basalt/contract';

export interface Signature {
  readonly publicKey: string;
  readonly time: number;
  readonly nonce: string;
  readonly signature: string;
}

export const signatureInvalid = (zh: string, en: string): BasaltError =>
  new BasaltError('signatureInvalid', { reason: both(zh, en) });

/** The same whether the key is unknown, deleted, or another one has signed: what differs would tell which keys exist. */
export const signatureMismatch = (): BasaltError =>
  signatureInvalid('密钥不存在，或签名与请求不符', 'the key is not known, or it has not signed this request');

const form = new RegExp(
  `^${SIGNATURE_SCHEME} key=([A-Za-z0-9_-]{16,64}), time=(\\d{1,12}), nonce=([A-Za-z0-9_-]{22,64}), signature=([A-Za-z0-9_-]{43})$`,
  'u',
);

/** Reads the header: these four, in this order, nothing else. @throws BasaltError signatureInvalid. */
export function signatureRead(header: string): Signature {
  const [, publicKey, time, nonce, signature] = form.exec(header) ?? [];
  if (!publicKey || !time || !nonce || !signature)
    throw signatureInvalid(
      `应为 ${SIGNATURE_SCHEME} key=…, time=…, nonce=…, signature=…`,
      `the header must be ${SIGNATURE_SCHEME} key=…, time=…, nonce=…, signature=…`,
    );
  return { publicKey, time: Number(time), nonce, signature };
}

/** @throws BasaltError signatureInvalid. `now`: seconds since 1970. */
export function timeCheck(time: number, now: number): void {
  if (Math.abs(now - time) <= SIGNATURE_WINDOW_S) return;
  throw signatureInvalid(
    `时间与服务器（${now}）相差超过 ${SIGNATURE_WINDOW_S} 秒`,
    `its time is more than ${SIGNATURE_WINDOW_S} s from the server’s, which is ${now}`,
  );
}

/** @throws BasaltError signatureInvalid when the private key has not signed exactly this. */
export function signatureVerify(privateKey: string, signature: string, parts: SignedParts): void {
  let text: string;
  try {
    text = stringToSign(parts);
  } catch {
    throw signatureInvalid('查询参数的编码无效', 'the query is not properly encoded');
  }
  const expected = createHmac('sha256', privateKey).update(text).digest('base64url');
  // compared as text: base64url has several spellings of the same bytes, and one signature is enough
  if (!timingSafeEqual(Buffer.from(expected), Buffer.from(signature))) throw signatureMismatch();
}
