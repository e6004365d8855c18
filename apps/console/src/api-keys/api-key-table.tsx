'use client';
import type { ApiKey } from '@basalt/contract';
import { ActionButton, DataTable } from '@basalt/ui';
import { useTranslations } from 'next-intl';
import styles from '@/accounts/accounts.module.css';
import type { ListQuery } from '@/list/list-page.tsx';
import { QueryError } from '@/shell/query-error.tsx';
import { useTableLabels } from '@/use-table-labels.ts';
import { useApiKeyColumns } from './api-key-columns.tsx';
import { useApiKeyActions } from './use-api-key-actions.tsx';

interface ApiKeyTableProps {
  query: ListQuery<ApiKey>;
  page: { offset: number; size: number; onChange: (offset: number, size: number) => void };
}

/** The keys of one account, inside its page. */
export function ApiKeyTable({ query, page }: ApiKeyTableProps) {
  const t = useTranslations('apiKeys');
  const labels = useTableLabels(t('title'));
  const columns = useApiKeyColumns(false);
  const actions = useApiKeyActions();
  return (
    <>
      <DataTable<ApiKey>
        fill={false}
        columns={[
          ...columns,
          {
            key: 'disable',
            title: '',
            width: 90,
            align: 'right',
            render: (key) => (
              <ActionButton
                kind="link"
                size="small"
                danger
                reason={actions.reasonOf(key)}
                onClick={() => actions.ask([key])}
              >
                {t('disable')}
              </ActionButton>
            ),
          },
        ]}
        rows={query.data?.items}
        rowKey={(key) => key.id}
        rowName={(key) => key.name}
        loading={query.isPending}
        {...(query.isError
          ? { error: <QueryError title={t('failed')} error={query.error} onRetry={() => void query.refetch()} /> }
          : {})}
        empty={<p className={styles.emptyLine}>{t('none')}</p>}
        page={{ ...page, total: query.data?.total }}
        labels={labels}
      />
      {actions.dialog}
    </>
  );
}
