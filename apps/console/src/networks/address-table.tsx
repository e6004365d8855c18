'use client';
import { DataTable, formatNumber, Panel } from '@basalt/ui';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import Link from 'next/link';
import { useState } from 'react';
import { useTRPC } from '@/api/client.ts';
import { paths } from '@/paths.ts';
import { useConsole } from '@/session/session.tsx';
import { QueryError } from '@/shell/query-error.tsx';
import { useTableLabels } from '@/use-table-labels.ts';

const none = <span className="bs-none">—</span>;

const rangeText = ({ address, addressTo }: { address: string; addressTo: string | null }): string =>
  addressTo === null ? address : `${address} – ${addressTo}`;

/** Which addresses of a network are not free, and who has them. */
export function AddressTable({ networkId }: { networkId: string }) {
  const t = useTranslations('networks.addresses');
  const trpc = useTRPC();
  const { region } = useConsole();
  const labels = useTableLabels(t('title'));
  const [{ offset, size }, setPage] = useState({ offset: 0, size: 20 });
  const query = useQuery(
    trpc.network.addresses.queryOptions(
      { region: region.key, id: networkId, limit: size, page: Math.floor(offset / size) + 1 },
      { placeholderData: keepPreviousData },
    ),
  );
  return (
    <Panel flush title={t('title')} {...(query.data ? { count: formatNumber(query.data.total) } : {})}>
      <DataTable
        fill={false}
        columns={[
          { key: 'address', title: t('address'), width: 250, mono: true, render: (row) => rangeText(row) },
          { key: 'use', title: t('use'), width: 150, render: (row) => t(`uses.${row.use}`) },
          {
            key: 'vm',
            title: t('vm'),
            width: 200,
            render: (row) =>
              row.vm === null ? none : <Link href={paths.vm(region.key, row.vm.id)}>{row.vm.name}</Link>,
          },
          { key: 'mac', title: t('mac'), width: 170, mono: true, render: (row) => row.mac ?? none },
        ]}
        rows={query.data?.items}
        rowKey={(row) => `${row.use}:${row.address}`}
        rowName={rangeText}
        loading={query.isPending}
        {...(query.isError
          ? { error: <QueryError title={t('failed')} error={query.error} onRetry={() => void query.refetch()} /> }
          : {})}
        empty={<p className="bs-tertiary">{t('none')}</p>}
        page={{
          offset,
          size,
          total: query.data?.total,
          onChange: (nextOffset, nextSize) => setPage({ offset: nextOffset, size: nextSize }),
        }}
        labels={labels}
      />
    </Panel>
  );
}
