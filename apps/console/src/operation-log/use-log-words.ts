'use client';
import { operationTable, type OperationEntry } from '@basalt/contract';
import { resourceTable } from '@basalt/contract/gen/permissions';
import type { StateTone } from '@basalt/ui';
import { useLocale, useTranslations } from 'next-intl';
import type { Locale } from '@/i18n/locales.ts';
import { fieldWord } from './field-words.ts';

type Labelled = Readonly<Record<string, { label: Readonly<Record<Locale, string>> }>>;
const resources: Labelled = resourceTable;
const operations: Labelled = operationTable;

/** Something good that merely happened is hollow grey. */
export const resultTones = {
  accepted: 'busy',
  succeeded: 'off',
  failed: 'err',
} as const satisfies Record<OperationEntry['result'], StateTone>;

interface LogWords {
  module: (key: string) => string;
  operation: (key: string) => string;
  /** Of a changed value; unknown ones keep their raw name. */
  field: (module: string, field: string) => { text: string; known: boolean };
}

/** Words of modules, operations and changed values in the reader's language. */
export function useLogWords(): LogWords {
  const locale = useLocale();
  const t = useTranslations('operationLog.fieldNames');
  return {
    module: (key) => resources[key]?.label[locale] ?? key,
    operation: (key) => operations[key]?.label[locale] ?? key,
    field: (module, field) => fieldWord(module, field, (key) => (t.has(key as 'name') ? t(key as 'name') : undefined)),
  };
}
