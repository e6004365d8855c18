/** The form of a webhook and the contract's input, in both directions. Values of headers go in and never come out. */
import type { Webhook, webhookInput } from '@basalt/contract';
import type { z } from 'zod';

export interface HeaderRow {
  /** Of the row on the screen. */
  key: number;
  name: string;
  value: string;
  /** The platform has a value, which stays as it is unless another is typed. */
  stored: boolean;
}

export interface WebhookForm {
  name: string;
  url: string;
  enabled: boolean;
  regions: string[];
  kinds: string[];
  headers: HeaderRow[];
  ca: string;
}

export const webhookFields = ['name', 'url', 'regions', 'kinds', 'headers', 'ca'] as const;
export type WebhookField = (typeof webhookFields)[number];
export const headersMax = 10;

/** What of a webhook stands in its form. */
export type WebhookStored = Pick<Webhook, keyof WebhookForm>;

/** The form of a webhook that there is, or of a new one. */
export function formOf(webhook: WebhookStored | undefined): WebhookForm {
  return {
    name: webhook?.name ?? '',
    url: webhook?.url ?? '',
    enabled: webhook?.enabled ?? true,
    regions: [...(webhook?.regions ?? [])],
    kinds: [...(webhook?.kinds ?? [])],
    headers: (webhook?.headers ?? []).map((name, key) => ({ key, name, value: '', stored: true })),
    ca: webhook?.ca ?? '',
  };
}

type Input = { [Key in keyof z.input<typeof webhookInput>]: unknown };

/** What is sent; texts that are wrong go through, so that the contract's schema says what is wrong and where. */
export function inputOf(form: WebhookForm): Input {
  return {
    ...form,
    name: form.name.trim(),
    url: form.url.trim(),
    headers: form.headers
      .filter(({ name, value }) => name.trim() !== '' || value !== '')
      .map(({ name, value, stored }) => ({
        name: name.trim(),
        ...(stored && value === '' ? {} : { value }),
      })),
  };
}

/** The webhook as it is but switched: everything else stays, header values too. */
export function switched(webhook: WebhookStored, enabled: boolean): Input {
  return inputOf({ ...formOf(webhook), enabled });
}

/** Rows with their keys; a new one gets a key of its own. */
export const headerAdded = (rows: readonly HeaderRow[]): HeaderRow[] => [
  ...rows,
  { key: Math.max(-1, ...rows.map(({ key }) => key)) + 1, name: '', value: '', stored: false },
];

/** The field that a path of the contract's input belongs to: `headers.0.name` → `headers`. */
export const webhookFieldOf = (path: string): string => path.split('.')[0] ?? path;

/** Texts of the destinations' form: one network on each line. */
export const networksOf = (text: string): string[] =>
  text
    .split(/[\s,，;；]+/u)
    .map((part) => part.trim())
    .filter((part) => part !== '');
