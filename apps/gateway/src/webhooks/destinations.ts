/** Networks of the operator's own that webhooks may be sent to. */
import { BasaltError, both, webhookDestinations, type WebhookDestinations } from '@basalt/contract';
import { networkParse, networkText } from '../identity/source-address.ts';
import type { Executor } from '../store/database.ts';
import { settingGet, type SettingRow } from '../store/setting-store.ts';
import { addressPermitted } from './address-class.ts';
import { literalOf } from './url.ts';

export function destinationsTold(row: SettingRow | null): WebhookDestinations {
  const { allowed } = webhookDestinations.parse(row?.value ?? { allowed: [] });
  return { allowed, version: row?.version ?? 0, updatedAt: row?.updatedAt.toISOString() ?? null };
}

export const destinationsAllowed = async (db: Executor): Promise<string[]> =>
  destinationsTold(await settingGet(db, 'webhookDestinations')).allowed;

/** Each network once and in its one form. @throws BasaltError invalidInput for one that has bits behind its prefix. */
export const destinationsCanonical = (allowed: readonly string[]): string[] => [
  ...new Set(
    allowed.map((text, i) => {
      const network = networkParse(text);
      if (network) return networkText(network);
      const field = `allowed.${i}`;
      const rule = both('网段的主机位应为 0', 'a network without bits behind its prefix');
      throw new BasaltError('invalidInput', { field, rule }, { field });
    }),
  ),
];

/**
 * Refuses an address in the URL itself at once; what a name leads to is found out with each message.
 * @throws BasaltError invalidInput.
 */
export async function destinationCheck(db: Executor, url: string): Promise<void> {
  const literal = literalOf(url);
  if (literal === null || addressPermitted(literal, await destinationsAllowed(db))) return;
  const rule = both(
    `${literal} 不是公网地址；如需发送到内网，请先将其网段加入「Webhook 允许的内网地址」`,
    `${literal} is not a public address; to send into a private network, add it to the private networks that webhooks may be sent to`,
  );
  throw new BasaltError('invalidInput', { field: 'url', rule }, { field: 'url' });
}
