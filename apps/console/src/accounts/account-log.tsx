'use client';
import type { Account, OperationEntry } from '@basalt/contract';
import { DataTable, formatNumber, Panel, PanelGrid, RelativeTime, StateLabel, type StateTone } from '@basalt/ui';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useLocale, useTranslations } from 'next-intl';
import Link from 'next/link';
import { useState } from 'react';
import { useTRPC } from '@/api/client.ts';
import { pathOfObject, paths } from '@/paths.ts';
import { useConsole } from '@/session/session.tsx';
import { QueryError } from '@/shell/query-error.tsx';
import styles from './accounts.module.css';
import { useTableLabels } from '@/use-table-labels.ts';

const none = <span className="bs-none">—</span>;
/** Something good that merely happened is grey. */
const tones: Record<OperationEntry['result'], StateTone> = { accepted: 'busy', succeeded: 'off', failed: 'err' };

/** What an account has done, newest first. */
export function AccountLog({ account }: { account: Account }) {
  const t = useTranslations('accounts.log');
  const locale = useLocale();
  const trpc = useTRPC();
  const { region, regions } = useConsole();
  const labels = useTableLabels(t('title'));
  const [{ offset, size }, setPage] = useState({ offset: 0, size: 20 });
  const query = useQuery(
    trpc.operationLog.list.queryOptions(
      { limit: size, page: Math.floor(offset / size) + 1, filter: { accountId: account.id } },
      { placeholderData: keepPreviousData },
    ),
  );
  return (
    <PanelGrid>
      <Panel
        flush
        title={t('title')}
        {...(query.data ? { count: formatNumber(query.data.total) } : {})}
        extra={<Link href={`${paths.operationLog(region.key)}?f.account=${account.id}`}>{t('all')}</Link>}
      >
        <DataTable<OperationEntry>
          fill={false}
          columns={[
            {
              key: 'at',
              title: t('at'),
              width: 120,
              render: (row) => <RelativeTime at={row.at} locale={locale} />,
            },
            {
              key: 'result',
              title: t('result'),
              width: 100,
              render: (row) => <StateLabel tone={tones[row.result]}>{t(`results.${row.result}`)}</StateLabel>,
            },
            { key: 'operation', title: t('operation'), width: 190, render: (row) => row.operationName },
            {
              key: 'resources',
              title: t('resources'),
              width: 220,
              render: (row) => {
                const [first, ...rest] = row.resources;
                if (!first) return none;
                const path = pathOfObject(row.region ?? region.key, first.kind, first.id);
                return (
                  <>
                    {path === undefined ? first.name : <Link href={path}>{first.name}</Link>}
                    {rest.length > 0 && <span className="bs-tertiary"> +{rest.length}</span>}
                  </>
                );
              },
            },
            {
              key: 'region',
              title: t('region'),
              width: 120,
              render: (row) =>
                row.region === null ? none : (regions.find((item) => item.key === row.region)?.name ?? row.region),
            },
            { key: 'via', title: t('via'), width: 100, render: (row) => t(`vias.${row.via}`) },
            { key: 'address', title: t('address'), width: 140, mono: true, render: (row) => row.address },
            {
              key: 'error',
              title: t('error'),
              width: 240,
              render: (row) => (row.error === null ? none : <span title={row.error.text}>{row.error.text}</span>),
            },
          ]}
          rows={query.data?.items}
          rowKey={(row) => String(row.sequence)}
          rowName={(row) => row.operationName}
          loading={query.isPending}
          {...(query.isError
            ? { error: <QueryError title={t('failed')} error={query.error} onRetry={() => void query.refetch()} /> }
            : {})}
          empty={<p className={styles.emptyLine}>{t('none')}</p>}
          page={{
            offset,
            size,
            total: query.data?.total,
            onChange: (nextOffset, nextSize) => setPage({ offset: nextOffset, size: nextSize }),
          }}
          labels={labels}
        />
      </Panel>
    </PanelGrid>
  );
}
