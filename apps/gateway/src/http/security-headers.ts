import type { ServerResponse } from 'node:http';

/** The policy of a page: scripts and styles carry the nonce, nothing comes from elsewhere, nobody frames us. */
export const pagePolicy = (nonce: string): string =>
  [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "object-src 'none'",
  ].join('; ');

/** Answers of the API are data; were one ever shown as a page, it could do nothing. */
const dataPolicy = "default-src 'none'; frame-ancestors 'none'";

const common: readonly (readonly [string, string])[] = [
  ['x-content-type-options', 'nosniff'],
  ['referrer-policy', 'same-origin'],
  ['cross-origin-opener-policy', 'same-origin'],
  ['cross-origin-resource-policy', 'same-origin'],
  ['permissions-policy', 'camera=(), microphone=(), geolocation=(), payment=(), usb=()'],
  ['x-frame-options', 'DENY'],
];

/** Sets what every answer carries; `policy` is that of a page. */
export function securityHeadersSet(response: ServerResponse, secure: boolean, policy: string | null = null): void {
  for (const [name, value] of common) response.setHeader(name, value);
  response.setHeader('content-security-policy', policy ?? dataPolicy);
  if (policy === null) response.setHeader('cache-control', 'no-store');
  if (secure) response.setHeader('strict-transport-security', 'max-age=31536000; includeSubDomains');
}
