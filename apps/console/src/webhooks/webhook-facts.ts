/** What pages tell of a webhook besides its settings: its tone, where it sends, and what has become of a message. */
import type { Webhook, WebhookDelivery, WebhookOutcome } from '@basalt/contract';
import type { StateTone } from '@basalt/ui';
import { background } from '@/api/client.ts';

/** No event stream follows webhooks; the reader's session is not kept alive by it. */
export const polled = { refetchInterval: 5000, trpc: { context: background } } as const;

export const webhookTones: Readonly<Record<Webhook['state'], StateTone>> = {
  off: 'off',
  waiting: 'off',
  delivering: 'ok',
  failing: 'err',
};

export interface UrlParts {
  scheme: string;
  host: string;
  path: string;
  /** Something stands behind the path that lists do not show, because it may be a key. */
  hidden: boolean;
}

/** An address in parts, the host being what one looks for. */
export function urlParts(url: string): UrlParts {
  if (!URL.canParse(url)) return { scheme: '', host: url, path: '', hidden: false };
  const { protocol, host, pathname, search } = new URL(url);
  return { scheme: `${protocol}//`, host, path: pathname === '/' ? '' : pathname, hidden: search !== '' };
}

/** Events that wait in all regions; null while not all of them can be asked. */
export function waitingOf({ places }: Pick<Webhook, 'places'>): number | null {
  return places.reduce<number | null>(
    (sum, { waiting }) => (sum === null || waiting === null ? null : sum + waiting),
    0,
  );
}

export const stages = ['resolve', 'refused', 'connect', 'tls', 'send', 'answer', 'done'] as const satisfies readonly [
  ...WebhookOutcome['stage'][],
];

/** Stages that an address does without. */
export const stagesWithout = (url: string): readonly 'tls'[] => (url.startsWith('https:') ? [] : ['tls']);

/** First and last sequence number of a message, as people write a range; undefined for a test. */
export function rangeOf({ first, last }: Pick<WebhookDelivery, 'first' | 'last'>): string | undefined {
  if (first === null || last === null) return undefined;
  return first === last ? String(first) : `${first}–${last}`;
}
