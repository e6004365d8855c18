'use client';
import { stateColor, stateLabel, type Host } from '@basalt/contract';
import {
  ActionButton,
  Copyable,
  iconProps,
  Note,
  PageHeader,
  PanelGrid,
  PanelStack,
  RelativeTime,
  SkeletonLines,
  StatePill,
} from '@basalt/ui';
import { useQuery } from '@tanstack/react-query';
import { Lock, LockOpen, Trash2 } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import { useMemo, useState } from 'react';
import { actionReason, hostActions, objectActionLabel } from '@/actions/registry.ts';
import { useTRPC } from '@/api/client.ts';
import { ResourceTimeline } from '@/events/resource-timeline.tsx';
import { pickText } from '@/i18n/pick-text.ts';
import { useConsole, usePermissionReason } from '@/session/session.tsx';
import { useDescribePage } from '@/shell/page-context.tsx';
import { QueryError } from '@/shell/query-error.tsx';
import { HostActionDialog, type HostActionKey } from './host-action-dialog.tsx';
import { HostChecksPanel } from './host-checks-panel.tsx';
import { HostInventoryPanels } from './host-inventory-panels.tsx';
import { HostUsePanel } from './host-use-panel.tsx';

export function HostPage({ id }: { id: string }) {
  const t = useTranslations('hosts');
  const c = useTranslations('common');
  const trpc = useTRPC();
  const { region } = useConsole();
  const host = useQuery(trpc.host.get.queryOptions({ region: region.key, id }, { refetchInterval: 15_000 }));
  useDescribePage(useMemo(() => ({ title: host.data?.name ?? '' }), [host.data?.name]));
  return (
    <>
      {host.isError && <QueryError title={t('failedOne')} error={host.error} onRetry={() => void host.refetch()} />}
      {host.data && <HostBody host={host.data} />}
      {host.isPending && (
        <PanelGrid>
          <SkeletonLines lines={6} label={c('loading')} />
        </PanelGrid>
      )}
    </>
  );
}

function HostBody({ host }: { host: Host }) {
  const t = useTranslations('hosts');
  const c = useTranslations('common');
  const locale = useLocale();
  const permissionReason = usePermissionReason();
  const [asking, setAsking] = useState<HostActionKey | null>(null);
  const lockKey = host.state === 'locked' ? 'unlock' : 'lock';
  const removeReason =
    actionReason(hostActions.remove, host.state, locale, permissionReason) ??
    (host.vms > 0 ? t('remove.used', { count: host.vms }) : undefined);
  const tone = stateColor('host', host.state);
  return (
    <>
      <PageHeader
        title={host.name}
        pill={<StatePill tone={tone}>{stateLabel('host', host.state, locale)}</StatePill>}
        subtitle={host.cluster.name}
        actions={
          <>
            <ActionButton
              icon={lockKey === 'lock' ? <Lock {...iconProps()} /> : <LockOpen {...iconProps()} />}
              reason={actionReason(hostActions[lockKey], host.state, locale, permissionReason)}
              onClick={() => setAsking(lockKey)}
            >
              {objectActionLabel(hostActions[lockKey], locale)}
            </ActionButton>
            <ActionButton
              danger
              icon={<Trash2 {...iconProps()} />}
              reason={removeReason}
              onClick={() => setAsking('remove')}
            >
              {objectActionLabel(hostActions.remove, locale)}
            </ActionButton>
          </>
        }
        facts={
          <>
            <Copyable text={host.address} label={c('copyValue', { value: host.address })} copiedLabel={c('copied')} />
            <Copyable text={host.id} label={c('copyValue', { value: host.id })} copiedLabel={c('copied')} />
            {host.seenAt !== null && (
              <span className="bs-tertiary">
                {t.rich('seen', { time: () => <RelativeTime at={host.seenAt ?? ''} locale={locale} /> })}
              </span>
            )}
          </>
        }
        {...(host.reason === null
          ? {}
          : { note: <Note tone={tone === 'err' ? 'err' : 'warn'}>{pickText(host.reason, locale)}</Note> })}
      />
      <PanelGrid columns={[2, 1]}>
        <PanelStack>
          <HostUsePanel host={host} />
          <HostInventoryPanels inventory={host.inventory} />
        </PanelStack>
        <PanelStack>
          <HostChecksPanel checks={host.checks} />
          <ResourceTimeline id={host.id} />
        </PanelStack>
      </PanelGrid>
      <HostActionDialog host={host} action={asking} onClose={() => setAsking(null)} />
    </>
  );
}
