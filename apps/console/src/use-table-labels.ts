'use client';
import type { TableLabels } from '@basalt/ui';
import { formatNumber } from '@basalt/ui';
import { useTranslations } from 'next-intl';
import { useMemo } from 'react';

/** The words of a DataTable in the reader's language; `table` names what it lists. */
export function useTableLabels(table: string): TableLabels {
  const t = useTranslations('common');
  return useMemo(
    () => ({
      table,
      selectPage: t('table.selectPage'),
      selectRow: (name) => t('table.selectRow', { name }),
      rowActions: t('table.rowActions'),
      range: (from, to, total) =>
        t('table.range', { from: formatNumber(from), to: formatNumber(to), total: formatNumber(total) }),
      previous: t('table.previous'),
      next: t('table.next'),
      perPage: (size) => t('table.perPage', { size }),
      loading: t('loading'),
    }),
    [t, table],
  );
}
