/** What cannot be said by a schema about a webhook: where it may lead, what it may know, whom stored values may be sent to. */
import { BasaltError, both, type WebhookInput } from '@basalt/contract';
import { invalid } from '../../identity/account-refusal.ts';
import { certificatesCheck } from '../../mail/settings-check.ts';
import type { Parts } from '../../parts.ts';
import type { Executor } from '../../store/database.ts';
import type { WebhookRow, WebhookValues } from '../../store/webhook-store.ts';
import { destinationCheck } from '../../webhooks/destinations.ts';
import { headersOpened, headersSealed, type StoredHeader } from '../../webhooks/post.ts';

const sameName = (a: { readonly name: string }, b: { readonly name: string }): boolean =>
  a.name.toLowerCase() === b.name.toLowerCase();

/**
 * Headers with their values; what is given without one keeps the stored one, but not towards another host: who may change a
 * webhook, but does not know the value, must not get it by naming a host of his own.
 */
function headersChosen(
  given: WebhookInput['headers'],
  stored: readonly StoredHeader[],
  isSameOrigin: boolean,
): StoredHeader[] {
  return given.map((header, i) => {
    if (header.value !== undefined) return { name: header.name, value: header.value };
    const field = `headers.${i}.value`;
    const known = stored.find((one) => sameName(one, header));
    if (!known) throw invalid(field, '请填写请求头的值', 'a new header needs a value');
    if (!isSameOrigin)
      throw invalid(
        field,
        '接收地址的主机已变更，请重新填写请求头的值',
        'the address leads to another host now; give the value again',
      );
    return { name: header.name, value: known.value };
  });
}

/**
 * The values to store.
 * @param before the webhook as it is, where there is one
 * @throws BasaltError invalidInput, notFound for a region.
 */
export async function webhookValuesOf(
  { regions, seal }: Pick<Parts, 'regions' | 'seal'>,
  db: Executor,
  input: WebhookInput,
  before: WebhookRow | null,
): Promise<{ readonly values: WebhookValues; readonly areHeadersChanged: boolean }> {
  for (const [i, key] of input.regions.entries())
    if (!regions.get(key) && !before?.regions.includes(key))
      throw new BasaltError('notFound', { kind: both('地域', 'region') }, { field: `regions.${i}` });
  await destinationCheck(db, input.url);
  certificatesCheck('ca', input.ca);
  const stored = before ? headersOpened(seal, before.headers) : [];
  const isSameOrigin = before !== null && new URL(before.url).origin === new URL(input.url).origin;
  const headers = headersChosen(input.headers, stored, isSameOrigin);
  const areHeadersChanged = JSON.stringify(headers) !== JSON.stringify(stored);
  const { name, url, enabled, ca } = input;
  return {
    values: {
      name,
      url,
      enabled,
      ca: ca.trim(),
      regions: [...new Set(input.regions)],
      kinds: [...new Set(input.kinds)],
      headerNames: headers.map((header) => header.name),
      headers: before && !areHeadersChanged ? before.headers : headersSealed(seal, headers),
    },
    areHeadersChanged,
  };
}
