'use client';
import { PageHeader, PanelGrid, PanelStack, SkeletonLines } from '@basalt/ui';
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useTRPC } from '@/api/client.ts';
import { can, useConsole } from '@/session/session.tsx';
import { QueryError } from '@/shell/query-error.tsx';
import { ComputePanel } from './compute-panel.tsx';
import { StoragePanel } from './storage-panel.tsx';

/** Compute and storage clusters side by side: what they hold, what is promised, what is wrong. */
export function ClustersPage() {
  const t = useTranslations('clusters');
  const c = useTranslations('common');
  const trpc = useTRPC();
  const { region, session } = useConsole();
  const input = { region: region.key };
  const compute = useQuery(
    trpc.computeCluster.list.queryOptions(input, {
      enabled: can(session, 'computeCluster:read'),
      refetchInterval: 15_000,
    }),
  );
  const storage = useQuery(
    trpc.storageCluster.list.queryOptions(input, {
      enabled: can(session, 'storageCluster:read'),
      refetchInterval: 15_000,
    }),
  );
  return (
    <>
      <PageHeader title={t('title')} />
      {compute.isError && (
        <QueryError title={t('failedCompute')} error={compute.error} onRetry={() => void compute.refetch()} />
      )}
      {storage.isError && (
        <QueryError title={t('failedStorage')} error={storage.error} onRetry={() => void storage.refetch()} />
      )}
      <PanelGrid columns={[1, 1]}>
        <PanelStack>
          {compute.data?.items.map((cluster) => (
            <ComputePanel key={cluster.id} cluster={cluster} />
          ))}
          {compute.data?.items.length === 0 && <span className="bs-tertiary">{t('noCompute')}</span>}
          {compute.isLoading && <SkeletonLines lines={4} label={c('loading')} />}
        </PanelStack>
        <PanelStack>
          {storage.data?.items.map((cluster) => (
            <StoragePanel key={cluster.id} cluster={cluster} />
          ))}
          {storage.data?.items.length === 0 && <span className="bs-tertiary">{t('noStorage')}</span>}
          {storage.isLoading && <SkeletonLines lines={4} label={c('loading')} />}
        </PanelStack>
      </PanelGrid>
    </>
  );
}
