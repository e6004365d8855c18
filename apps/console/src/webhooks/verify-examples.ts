/** How a receiver knows that a message is genuine (Standard Webhooks 1.0). The secret is asked for: no history keeps it. */

/** Nothing but a shell and openssl: prints what must stand in `webhook-signature` behind `v1,`. */
const openssl = [
  `read -rsp 'Secret: ' SECRET; echo`,
  `read -rp 'webhook-id: ' ID`,
  `read -rp 'webhook-timestamp: ' TIME`,
  '',
  `KEY=$(printf %s "\${SECRET#whsec_}" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \\n')`,
  `{ printf '%s.%s.' "$ID" "$TIME"; cat body.json; } |`,
  `  openssl dgst -sha256 -mac HMAC -macopt "hexkey:$KEY" -binary | openssl base64 -A; echo`,
].join('\n');

const sdk = [
  `import { webhookVerify } from '@basalt/sdk';`,
  '',
  `// throws WebhookError`,
  `const message = await webhookVerify(request.headers, await request.text(), process.env.WEBHOOK_SECRET);`,
  `if (!seen(message.id)) handle(message.events);`,
].join('\n');

export const verifyExamples = { openssl, sdk } as const;
