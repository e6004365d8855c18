import { operationTable } from '@basalt/contract/gen/operations';
import type { Locale } from './locales.ts';

const labels: Readonly<Record<string, { label: Readonly<Record<Locale, string>> }>> = operationTable;

/** What a task of this kind is called: the words of the operation log. */
export const taskName = (kind: string, locale: Locale): string => labels[kind]?.label[locale] ?? kind;
