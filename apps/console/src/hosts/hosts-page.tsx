'use client';
import { hostState, stateColor, stateLabel, type Host } from '@basalt/contract';
import { ActionButton, EmptyState, iconProps } from '@basalt/ui';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import { useTRPC } from '@/api/client.ts';
import { ListPage } from '@/list/list-page.tsx';
import { sortOf, valuesOf } from '@/list/sort-of.ts';
import { toggleFilter, useListState } from '@/list-state.ts';
import { paths } from '@/paths.ts';
import { useConsole, usePermissionReason } from '@/session/session.tsx';
import { EnrolDialog } from './enrol-dialog.tsx';
import { useHostColumns } from './host-columns.tsx';

/** All hosts; `?add=1` opens the dialog by which one joins. */
export function HostsPage() {
  const t = useTranslations('hosts');
  const locale = useLocale();
  const trpc = useTRPC();
  const router = useRouter();
  const pathname = usePathname();
  const params = useSearchParams();
  const { region } = useConsole();
  const permissionReason = usePermissionReason();
  const [state, setState] = useListState();
  const sort = sortOf(state.sort, ['name', 'state', 'vms', 'cpuUse', 'memory']);
  const query = useQuery(
    trpc.host.list.queryOptions(
      {
        region: region.key,
        limit: state.size,
        page: state.page,
        search: state.search,
        ...(sort ? { sort } : {}),
        filter: { state: valuesOf(state.filter['state'], hostState) },
      },
      { placeholderData: keepPreviousData, refetchInterval: 15_000 },
    ),
  );
  const columns = useHostColumns(region.key);
  const counts = query.data?.facets.state ?? {};
  const add = (
    <ActionButton
      kind="primary"
      icon={<Plus {...iconProps()} />}
      reason={permissionReason('host:enrol')}
      onClick={() => router.push(paths.hostAdd(region.key))}
    >
      {t('enrol.open')}
    </ActionButton>
  );
  return (
    <>
      <ListPage<Host>
        title={t('title')}
        actions={add}
        state={state}
        onState={setState}
        query={query}
        columns={columns}
        rowKey={(host) => host.id}
        rowName={(host) => host.name}
        onOpen={(host) => router.push(paths.host(region.key, host.id))}
        facets={hostState.options
          .filter((key) => (counts[key] ?? 0) > 0 || state.filter['state']?.includes(key))
          .map((key) => ({
            key,
            label: stateLabel('host', key, locale),
            tone: stateColor('host', key),
            count: counts[key] ?? 0,
            active: state.filter['state']?.includes(key) ?? false,
          }))}
        onFacet={(key) => setState({ filter: toggleFilter(state.filter, 'state', key) })}
        condition={(field, value) => {
          const known = hostState.safeParse(value);
          return field === 'state'
            ? { field: t('columns.state'), value: known.success ? stateLabel('host', known.data, locale) : value }
            : undefined;
        }}
        placeholder={t('search')}
        defaultSort={{ key: 'name', order: 'asc' }}
        failed={t('failed')}
        stillWorks={t('stillWorks')}
        emptyFiltered={t('emptyFiltered')}
        empty={
          <EmptyState title={t('empty')} actions={add}>
            {t('emptyWhy')}
          </EmptyState>
        }
      />
      <EnrolDialog
        open={params.get('add') === '1' && permissionReason('host:enrol') === undefined}
        onClose={() => router.replace(pathname, { scroll: false })}
      />
    </>
  );
}
