'use client';
import type { Overview } from '@basalt/contract';
import { ActionButton, iconProps, PageHeader, PanelGrid, RelativeTime, SkeletonLines, StatePill } from '@basalt/ui';
import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import { useRouter } from 'next/navigation';
import { useTRPC } from '@/api/client.ts';
import { paths } from '@/paths.ts';
import { useConsole, usePermissionReason } from '@/session/session.tsx';
import { QueryError } from '@/shell/query-error.tsx';
import { AttentionPanel } from './attention-panel.tsx';
import { CapacityPanel } from './capacity-panel.tsx';
import { HealthPanel } from './health-panel.tsx';
import { TasksPanel } from './tasks-panel.tsx';
import { VmStatesPanel } from './vm-states-panel.tsx';

/** The verdict in a sentence: what is wrong outweighs what is at risk. */
function verdictOf(data: Overview): { tone: 'ok' | 'warn' | 'err'; count: number } {
  const errors = data.attention.filter((item) => item.level === 'error').length;
  if (errors > 0) return { tone: 'err', count: errors };
  return data.attention.length > 0 ? { tone: 'warn', count: data.attention.length } : { tone: 'ok', count: 0 };
}

/** "Needs you now" first, then capacity, then health. */
export function OverviewPage() {
  const t = useTranslations('overview');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const router = useRouter();
  const { region } = useConsole();
  const permissionReason = usePermissionReason();
  const overview = useQuery(trpc.overview.get.queryOptions({ region: region.key }, { refetchInterval: 15_000 }));
  const data = overview.data;
  const verdict = data && verdictOf(data);
  const vms = data ? Object.values(data.vmStates).reduce((sum, count) => sum + count, 0) : 0;

  return (
    <>
      <PageHeader
        title={region.name}
        pill={
          verdict && <StatePill tone={verdict.tone}>{t(`pill.${verdict.tone}`, { count: verdict.count })}</StatePill>
        }
        subtitle={
          data && (
            <>
              {t('facts', { hosts: data.hosts.length, vms, version: data.version })} ·{' '}
              {t.rich('dataFrom', { time: () => <RelativeTime at={data.at} locale={locale} /> })}
            </>
          )
        }
        actions={
          <ActionButton
            kind="primary"
            icon={<Plus {...iconProps()} />}
            reason={permissionReason('vm:create')}
            onClick={() => router.push(paths.vmCreate(region.key))}
          >
            {t('createVm')}
          </ActionButton>
        }
      />
      {overview.isError && (
        <QueryError
          title={t('failed')}
          error={overview.error}
          onRetry={() => void overview.refetch()}
          facts={[{ label: c('stillWorks'), value: t('vmsStillRun') }]}
        />
      )}
      {data ? (
        <>
          <PanelGrid columns={[2, 1]} level>
            <AttentionPanel region={region.key} items={data.attention} />
            <CapacityPanel data={data} />
            <HealthPanel region={region.key} hosts={data.hosts} services={data.services} />
            <VmStatesPanel region={region.key} states={data.vmStates} />
          </PanelGrid>
          <PanelGrid>
            <TasksPanel />
          </PanelGrid>
        </>
      ) : (
        overview.isPending && (
          <PanelGrid>
            <SkeletonLines lines={6} label={c('loading')} />
          </PanelGrid>
        )
      )}
    </>
  );
}
