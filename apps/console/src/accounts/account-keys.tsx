'use client';
import type { Account } from '@basalt/contract';
import { formatNumber, Panel, PanelGrid } from '@basalt/ui';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { ApiKeyTable } from '@/api-keys/api-key-table.tsx';
import { useTRPC } from '@/api/client.ts';

/** The API keys of one account. */
export function AccountKeys({ account }: { account: Account }) {
  const t = useTranslations('apiKeys');
  const trpc = useTRPC();
  const [{ offset, size }, setPage] = useState({ offset: 0, size: 20 });
  const query = useQuery(
    trpc.apiKey.list.queryOptions(
      { limit: size, page: Math.floor(offset / size) + 1, filter: { accountId: account.id } },
      { placeholderData: keepPreviousData },
    ),
  );
  return (
    <PanelGrid>
      <Panel flush title={t('title')} {...(query.data ? { count: formatNumber(query.data.total) } : {})}>
        <ApiKeyTable
          query={query}
          page={{ offset, size, onChange: (nextOffset, nextSize) => setPage({ offset: nextOffset, size: nextSize }) }}
        />
      </Panel>
    </PanelGrid>
  );
}
