'use client';
import { Note, PageHeader, PageTabs, SkeletonLines } from '@basalt/ui';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useSelectedLayoutSegment } from 'next/navigation';
import { useMemo } from 'react';
import { useTRPC } from '@/api/client.ts';
import { paths, vmTabs } from '@/paths.ts';
import { useRegion } from '@/session/session.tsx';
import { link } from '@/shell/link.tsx';
import { useDescribePage } from '@/shell/page-context.tsx';
import { QueryError } from '@/shell/query-error.tsx';
import { useVmActions } from '../actions/use-vm-actions.tsx';
import { VmBand } from './vm-band.tsx';
import { VmContextProvider } from './vm-context.tsx';

/** Title band and tabs of one VM; the console brings its own frame. */
export function VmFrame({ id, children }: { id: string; children: React.ReactNode }) {
  const t = useTranslations('vm');
  const c = useTranslations('common');
  const region = useRegion();
  const trpc = useTRPC();
  const segment = useSelectedLayoutSegment();
  const tab = vmTabs.find((item) => item === segment) ?? 'overview';
  const query = useQuery(
    trpc.vm.get.queryOptions(
      { region, id },
      {
        placeholderData: keepPreviousData,
        // Events patch it; while something is under way its progress is asked for too.
        refetchInterval: ({ state }) => (state.data?.task ? 2000 : false),
      },
    ),
  );
  const actions = useVmActions();
  const vm = query.data;
  const name = vm?.name;
  useDescribePage(useMemo(() => ({ title: name ?? t('detail') }), [name, t]));
  const context = useMemo(
    () =>
      vm && { vm, busy: actions.busy, ask: (action: Parameters<typeof actions.ask>[0]) => actions.ask(action, [vm]) },
    [vm, actions],
  );

  if (!vm || !context)
    return query.isError ? (
      <>
        <PageHeader title={t('detail')} />
        <QueryError title={t('readFailed')} error={query.error} onRetry={() => void query.refetch()} />
      </>
    ) : (
      <PageHeader title={t('detail')} note={<SkeletonLines lines={4} label={c('loading')} />} />
    );
  if (tab === 'console')
    return (
      <VmContextProvider value={context}>
        {children}
        {actions.dialog}
      </VmContextProvider>
    );
  return (
    <VmContextProvider value={context}>
      <VmBand />
      {query.isError && (
        <Note tone="warn" title={t('stale')}>
          {c('noAnswer')}
        </Note>
      )}
      {actions.outcome}
      <PageTabs
        label={t('tabsLabel')}
        link={link}
        activeKey={tab}
        tabs={vmTabs.map((key) => ({
          key,
          label: t(`tabs.${key}`),
          href: paths.vm(region, vm.id, key),
          count: key === 'disks' ? vm.disks.length : key === 'network' ? vm.nics.length : undefined,
        }))}
      />
      {children}
      {actions.dialog}
    </VmContextProvider>
  );
}
