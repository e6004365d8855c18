import fc from 'fast-check';
import { createHmac, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { WebhookError, webhookVerify, type WebhookVerifyOptions } from '../src/index.ts';

/*
 * The golden vector, by openssl:
 * printf 'msg_golden.1769846400.%s' "$BODY" | openssl dgst -sha256 -mac HMAC -binary \
 *   -macopt "hexkey:$(printf %s "${SECRET#whsec_}" | base64 -d | od -An -tx1 | tr -d ' \n')" | base64
 */
const secret = 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';
const body =
  '{"id":"msg_golden","type":"test","webhook":"01932f5e-8d2a-7c41-9f3b-5a6e7d8c9b0a","region":null,"at":"2026-01-31T08:00:00.000Z","missed":false,"events":[]}';
const headers = {
  'webhook-id': 'msg_golden',
  'webhook-timestamp': '1769846400',
  'webhook-signature': 'v1,4cBHrMskDAPrHUgomqR5ZOZlGuz+McYKAnR5J3uYim8=',
};
const now = 1_769_846_400_000;
const at: WebhookVerifyOptions = { now };

const faultOf = async (...args: Parameters<typeof webhookVerify>): Promise<string> => {
  const found: unknown = await webhookVerify(...args).then(
    () => 'believed',
    (error: unknown) => error,
  );
  return found instanceof WebhookError ? found.fault : String(found);
};
/** Headers of a body that some other implementation signed. */
const signed = (text: string, id = 'msg_golden', key = secret): Record<string, string> => ({
  ...headers,
  'webhook-id': id,
  'webhook-signature': `v1,${createHmac('sha256', Buffer.from(key.slice(6), 'base64'))
    .update(`${id}.1769846400.${text}`)
    .digest('base64')}`,
});

describe('verifying a message', () => {
  it('[API-03] believes what openssl signed, as text, as bytes, and with headers of either kind', async () => {
    const told = { id: 'msg_golden', type: 'test', region: null, missed: false, events: [] };
    expect(await webhookVerify(headers, body, secret, at)).toMatchObject(told);
    expect(await webhookVerify(new Headers(headers), Buffer.from(body), secret, at)).toMatchObject(told);
    const shouted = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]));
    expect(await webhookVerify(shouted, new TextEncoder().encode(body), secret, at)).toMatchObject(told);
  });

  it('[API-03] takes one of several signatures, and none of another kind or secret', async () => {
    const good = headers['webhook-signature'];
    const other = `v1,${randomBytes(32).toString('base64')}`;
    for (const signature of [`${other} ${good}`, `${good} ${other}`, `v1a,abc ${good}`, `nonsense  ${good}`])
      expect(await faultOf({ ...headers, 'webhook-signature': signature }, body, secret, at)).toBe('believed');
    for (const signature of [other, good.replace('v1,', 'v2,'), good.slice(3), `${good}=`, 'v1,', 'v1,%%%'])
      expect(await faultOf({ ...headers, 'webhook-signature': signature }, body, secret, at), signature).toBe(
        'signature',
      );
    expect(await faultOf(headers, body, `whsec_${randomBytes(32).toString('base64')}`, at)).toBe('signature');
  });

  it('[API-03] refuses what is old or from the future', async () => {
    expect(await faultOf(headers, body, secret, { now: now + 300_000 })).toBe('believed');
    expect(await faultOf(headers, body, secret, { now: now + 301_000 })).toBe('stale');
    expect(await faultOf(headers, body, secret, { now: now - 301_000 })).toBe('stale');
    expect(await faultOf(headers, body, secret, { now: now + 9_000, toleranceSeconds: 5 })).toBe('stale');
    expect(await faultOf(headers, body, secret, { now, toleranceSeconds: Number.NaN })).toBe('stale');
    expect(await faultOf(headers, body, secret)).toBe('stale');
  });

  it('[API-03] says what is missing or malformed', async () => {
    for (const name of Object.keys(headers))
      expect(await faultOf({ ...headers, [name]: undefined }, body, secret, at), name).toBe('headers');
    for (const time of ['1e9', '-1', ' 1769846400', '1769846400.5', 'now'])
      expect(await faultOf({ ...headers, 'webhook-timestamp': time }, body, secret, at), time).toBe('headers');
    for (const wrong of ['', 'AAEC', 'whsec_', 'whsec_not base64'])
      await expect(webhookVerify(headers, body, wrong, at), wrong).rejects.toThrow(TypeError);
    expect(await faultOf(signed('{'), '{', secret, at)).toBe('body');
    expect(await faultOf(signed('{"id":1}'), '{"id":1}', secret, at)).toBe('body');
    // signed, but the headers are of another message
    expect(await faultOf(signed(body, 'msg_other'), body, secret, at)).toBe('body');
  });

  it('[API-03] believes nothing in which a single bit differs', async () => {
    const parts = { ...headers, body, secret };
    const names = Object.keys(parts) as (keyof typeof parts)[];
    const place = fc
      .constantFrom(...names)
      .chain((name) => fc.record({ name: fc.constant(name), bit: fc.nat(parts[name].length * 7 - 1) }));
    await fc.assert(
      fc.asyncProperty(place, async ({ name, bit }) => {
        const text = parts[name];
        const index = Math.floor(bit / 7);
        const flipped = String.fromCharCode(text.charCodeAt(index) ^ (1 << (bit % 7)));
        const changed = { ...parts, [name]: text.slice(0, index) + flipped + text.slice(index + 1) };
        const { body: given, secret: key, ...rest } = changed;
        expect(await faultOf(rest, given, key, at)).not.toBe('believed');
      }),
      { numRuns: 2_000 },
    );
  });

  it('[API-03] believes every message under every secret that another implementation signed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 24, maxLength: 64 }), fc.string(), async (bytes, name) => {
        const key = `whsec_${Buffer.from(bytes).toString('base64')}`;
        const text = JSON.stringify({
          ...(JSON.parse(body) as object),
          type: 'events',
          events: [
            { sequence: 1, at: '2026-01-31T08:00:00.000Z', kind: 'vm', change: 'updated', id: 'x', data: { name } },
          ],
        });
        const message = await webhookVerify(signed(text, 'msg_golden', key), text, key, at);
        expect(message.events[0]?.data).toEqual({ name: JSON.parse(JSON.stringify(name)) as unknown });
      }),
      { numRuns: 200 },
    );
  });
});
