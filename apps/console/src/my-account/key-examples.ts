/** A first signed request, ready to be pasted: what the page shows beside a new private key. */
import { shellWord } from '@/vms/create/curl-text.ts';

const path = '/api/v1/session';

/** Who am I, with nothing but a shell, openssl and curl. The private key is asked for: no history keeps it. */
export function keyCurlText(origin: string, publicKey: string): string {
  return [
    `BASALT=${shellWord(origin)}`,
    `KEY=${shellWord(publicKey)}`,
    `read -rsp 'Private key: ' SECRET; echo`,
    '',
    `TIME=$(date +%s); NONCE=$(openssl rand -hex 16)`,
    `BODY_HASH=$(printf '' | openssl dgst -sha256 -r | cut -d' ' -f1)`,
    `SIGNATURE=$(printf 'BASALT-HMAC-SHA256\\nGET\\n${path}\\n\\n%s\\n%s\\n%s' "$BODY_HASH" "$TIME" "$NONCE" |`,
    `  openssl dgst -sha256 -hmac "$SECRET" -binary | openssl base64 -A | tr '+/' '-_' | tr -d '=')`,
    `curl "$BASALT${path}" \\`,
    `  -H "authorization: Basalt-HMAC-SHA256 key=$KEY, time=$TIME, nonce=$NONCE, signature=$SIGNATURE"`,
  ].join('\n');
}
