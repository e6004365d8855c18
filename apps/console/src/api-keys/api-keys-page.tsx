'use client';
import { accountId, type ApiKey } from '@basalt/contract';
import { ActionButton, BulkBar, EmptyState } from '@basalt/ui';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import Link from 'next/link';
import { useState } from 'react';
import { useTRPC } from '@/api/client.ts';
import { ListPage } from '@/list/list-page.tsx';
import { valuesOf } from '@/list/sort-of.ts';
import { useListState } from '@/list-state.ts';
import { paths } from '@/paths.ts';
import { can, useConsole } from '@/session/session.tsx';
import { applicability } from '@/vms/actions/applicability.ts';
import { AccountFilter } from './account-filter.tsx';
import { useApiKeyColumns } from './api-key-columns.tsx';
import { useApiKeyActions } from './use-api-key-actions.tsx';

/** API keys of all accounts: who has which, when it was last used and from where. */
export function ApiKeysPage() {
  const t = useTranslations('apiKeys');
  const c = useTranslations('common.table');
  const trpc = useTRPC();
  const { region, session } = useConsole();
  const [state, setState] = useListState();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const owner = valuesOf(state.filter['account'], accountId)?.[0];
  const enabled = state.filter['state'] ?? [];
  const query = useQuery(
    trpc.apiKey.list.queryOptions(
      {
        limit: state.size,
        page: state.page,
        search: state.search,
        filter: {
          ...(owner === undefined ? {} : { accountId: owner }),
          ...(enabled.length === 1 ? { enabled: enabled[0] === 'enabled' } : {}),
        },
      },
      { placeholderData: keepPreviousData },
    ),
  );
  const columns = useApiKeyColumns(true);
  const actions = useApiKeyActions(() => setSelected(new Set()));
  const chosen = (query.data?.items ?? []).filter((key) => selected.has(key.id));
  const { possible, reason } = applicability(chosen, actions.reasonOf);
  const ownerShown = query.data?.items.find((key) => key.account.id === owner)?.account.email;
  const only = (field: string, value: string | undefined) => {
    const { [field]: _gone, ...rest } = state.filter;
    setState({ filter: value === undefined ? rest : { ...rest, [field]: [value] } });
  };
  return (
    <>
      <ListPage<ApiKey>
        title={t('title')}
        subtitle={<Link href={paths.myAccount(region.key)}>{t('mine')}</Link>}
        state={state}
        onState={setState}
        query={query}
        columns={columns}
        rowKey={(key) => key.id}
        rowName={(key) => `${key.name} ${key.account.email}`}
        selection={{ keys: selected, onChange: setSelected }}
        facets={(['enabled', 'disabled'] as const).map((value) => ({
          key: value,
          label: t(`state.${value}`),
          tone: value === 'enabled' ? ('ok' as const) : ('off' as const),
          count: null,
          active: enabled.includes(value),
        }))}
        onFacet={(key) => only('state', enabled.includes(key) ? undefined : key)}
        {...(can(session, 'account:read')
          ? {
              facetsExtra: (
                <AccountFilter label={t('byAccount')} value={owner} onChange={(value) => only('account', value)} />
              ),
            }
          : {})}
        condition={(field, value) =>
          field === 'state' && (value === 'enabled' || value === 'disabled')
            ? { field: t('columns.state'), value: t(`state.${value}`) }
            : field === 'account'
              ? { field: t('columns.account'), value: ownerShown ?? value.slice(-12) }
              : undefined
        }
        bulk={
          chosen.length > 0 && (
            <BulkBar
              label={c('bulk')}
              clearLabel={c('clearSelection')}
              onClear={() => setSelected(new Set())}
              actions={[
                {
                  key: 'apiKey.disable',
                  label:
                    possible.length > 0 && possible.length < chosen.length
                      ? `${t('disable')} ${possible.length}/${chosen.length}`
                      : t('disable'),
                  danger: true,
                  reason:
                    possible.length === 0
                      ? c('holdsFor', { reason: reason ?? '', count: 0, total: chosen.length })
                      : undefined,
                  onRun: () => actions.ask(chosen),
                },
              ]}
            >
              {c('selected', { count: chosen.length })}
            </BulkBar>
          )
        }
        rowActions={(key) => (
          <ActionButton
            kind="link"
            size="small"
            danger
            reason={actions.reasonOf(key)}
            onClick={() => actions.ask([key])}
          >
            {t('disable')}
          </ActionButton>
        )}
        placeholder={t('search')}
        live={false}
        failed={t('failed')}
        stillWorks={t('stillWorks')}
        emptyFiltered={t('emptyFiltered')}
        empty={
          <EmptyState title={t('empty')} actions={<Link href={paths.myAccount(region.key)}>{t('mine')}</Link>}>
            {t('emptyWhy')}
          </EmptyState>
        }
      />
      {actions.dialog}
    </>
  );
}
