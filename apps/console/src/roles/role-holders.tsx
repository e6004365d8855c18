'use client';
import { roleRef, type RoleRef } from '@basalt/contract';
import { DataTable, formatNumber, iconProps, Panel } from '@basalt/ui';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { User, Users } from 'lucide-react';
import { useTranslations } from 'next-intl';
import Link from 'next/link';
import { useState } from 'react';
import { useTRPC } from '@/api/client.ts';
import { paths } from '@/paths.ts';
import { useConsole } from '@/session/session.tsx';
import { QueryError } from '@/shell/query-error.tsx';
import { useTableLabels } from '@/use-table-labels.ts';
import styles from './role-editor.module.css';

/** Accounts and groups that have the role. */
export function RoleHolders({ id }: { id: RoleRef }) {
  const t = useTranslations('roles.holders');
  const trpc = useTRPC();
  const { region } = useConsole();
  const labels = useTableLabels(t('title'));
  const [{ offset, size }, setPage] = useState({ offset: 0, size: 10 });
  const query = useQuery(
    trpc.role.holders.queryOptions(
      { id: roleRef.parse(id), limit: size, page: Math.floor(offset / size) + 1 },
      { placeholderData: keepPreviousData },
    ),
  );
  return (
    <Panel flush title={t('title')} {...(query.data ? { count: formatNumber(query.data.total) } : {})}>
      <DataTable
        fill={false}
        columns={[
          {
            key: 'name',
            title: t('name'),
            width: 260,
            render: (row) => (
              <span className={styles.holder} title={row.detail}>
                {row.kind === 'group' ? (
                  <Users {...iconProps(14)} aria-label={t('group')} />
                ) : (
                  <User {...iconProps(14)} aria-label={t('account')} />
                )}{' '}
                <Link
                  href={
                    row.kind === 'group' ? paths.accountGroup(region.key, row.id) : paths.account(region.key, row.id)
                  }
                >
                  {row.name}
                </Link>{' '}
                <span className="bs-tertiary">{row.detail}</span>
              </span>
            ),
          },
        ]}
        rows={query.data?.items}
        rowKey={(row) => `${row.kind}-${row.id}`}
        rowName={(row) => row.name}
        loading={query.isPending}
        {...(query.isError
          ? { error: <QueryError title={t('failed')} error={query.error} onRetry={() => void query.refetch()} /> }
          : {})}
        empty={<p className={styles.empty}>{t('none')}</p>}
        page={
          (query.data?.total ?? 0) > size || offset > 0
            ? {
                offset,
                size,
                total: query.data?.total,
                onChange: (nextOffset, nextSize) => setPage({ offset: nextOffset, size: nextSize }),
              }
            : undefined
        }
        labels={labels}
      />
    </Panel>
  );
}
