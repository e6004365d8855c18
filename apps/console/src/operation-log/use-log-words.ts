'use client';
import { operationTable, type OperationEntry } from '@basalt/contract';
import { resourceTable } from '@basalt/contract/gen/permissions';
import type { StateTone } from '@basalt/ui';
import { useLocale } from 'next-intl';
import type { Locale } from '@/i18n/locales.ts';

type Labelled = Readonly<Record<string, { label: Readonly<Record<Locale, string>> }>>;
const resources: Labelled = resourceTable;
const operations: Labelled = operationTable;

/** Something good that merely happened is hollow grey. */
export const resultTones = {
  accepted: 'busy',
  succeeded: 'off',
  failed: 'err',
} as const satisfies Record<OperationEntry['result'], StateTone>;

/** Words of modules and operations in the reader's language. */
export function useLogWords(): { module: (key: string) => string; operation: (key: string) => string } {
  const locale = useLocale();
  return {
    module: (key) => resources[key]?.label[locale] ?? key,
    operation: (key) => operations[key]?.label[locale] ?? key,
  };
}
