'use client';
import type { Network } from '@basalt/contract';
import {
  ActionButton,
  ConfirmDialog,
  Copyable,
  FactGrid,
  formatDuration,
  formatNumber,
  iconProps,
  Note,
  PageHeader,
  Panel,
  PanelGrid,
  PanelStack,
  RelativeTime,
  SkeletonLines,
  StatePill,
  UsageBar,
  useToast,
} from '@basalt/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Trash2 } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useMemo, useState } from 'react';
import { useTRPC } from '@/api/client.ts';
import { readable } from '@/api/errors.ts';
import { ResourceTimeline } from '@/events/resource-timeline.tsx';
import { pickText } from '@/i18n/pick-text.ts';
import { paths } from '@/paths.ts';
import { useConsole, usePermissionReason } from '@/session/session.tsx';
import { useDescribePage } from '@/shell/page-context.tsx';
import { QueryError } from '@/shell/query-error.tsx';
import { AddressTable } from './address-table.tsx';
import { networkTones } from './network-state.ts';

export function NetworkPage({ id }: { id: string }) {
  const t = useTranslations('networks');
  const c = useTranslations('common');
  const trpc = useTRPC();
  const { region } = useConsole();
  const network = useQuery(trpc.network.get.queryOptions({ region: region.key, id }));
  useDescribePage(useMemo(() => ({ title: network.data?.name ?? '' }), [network.data?.name]));
  return (
    <>
      {network.isError && (
        <QueryError title={t('failedOne')} error={network.error} onRetry={() => void network.refetch()} />
      )}
      {network.data && <NetworkBody network={network.data} />}
      {network.isPending && (
        <PanelGrid>
          <SkeletonLines lines={6} label={c('loading')} />
        </PanelGrid>
      )}
    </>
  );
}

function NetworkBody({ network }: { network: Network }) {
  const t = useTranslations('networks');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const client = useQueryClient();
  const router = useRouter();
  const toast = useToast();
  const { region } = useConsole();
  const permissionReason = usePermissionReason();
  const [asking, setAsking] = useState(false);
  const remove = useMutation(
    trpc.network.delete.mutationOptions({
      onSuccess: () => {
        setAsking(false);
        void client.invalidateQueries({ queryKey: trpc.network.pathKey() });
        toast({ tone: 'busy', title: t('delete.begun', { name: network.name }) });
        router.push(paths.networks(region.key));
      },
    }),
  );
  const reason =
    permissionReason('network:delete') ??
    (network.vms > 0
      ? t('delete.used', { count: network.vms })
      : network.state === 'deleting' || network.state === 'creating'
        ? t('delete.busy')
        : undefined);
  const copy = (text: string) => (
    <Copyable text={text} label={c('copyValue', { value: text })} copiedLabel={c('copied')} />
  );
  const { subnet } = network;
  return (
    <>
      <PageHeader
        title={network.name}
        pill={<StatePill tone={networkTones[network.state]}>{t(`state.${network.state}`)}</StatePill>}
        actions={
          <ActionButton danger icon={<Trash2 {...iconProps()} />} reason={reason} onClick={() => setAsking(true)}>
            {t('delete.action')}
          </ActionButton>
        }
        facts={copy(network.id)}
        {...(network.reason === null
          ? {}
          : {
              note: (
                <Note tone="err" title={t('why')}>
                  {pickText(network.reason, locale)}
                </Note>
              ),
            })}
      />
      <PanelGrid columns={[2, 1]}>
        <PanelStack>
          {subnet && <AddressTable networkId={network.id} />}
          {!subnet && <Panel title={t('addresses.title')}>{t('addresses.wire')}</Panel>}
        </PanelStack>
        <PanelStack>
          <Panel title={t('facts')}>
            <FactGrid
              facts={[
                { key: 'uplink', label: t('columns.uplink'), value: network.uplink },
                { key: 'vlan', label: t('columns.vlan'), value: network.vlan === 0 ? t('untagged') : network.vlan },
                { key: 'mtu', label: t('columns.mtu'), value: formatNumber(network.mtu) },
                {
                  key: 'vms',
                  label: t('columns.vms'),
                  value: (
                    <Link href={`${paths.vms(region.key)}?f.networkId=${network.id}`}>{formatNumber(network.vms)}</Link>
                  ),
                },
                {
                  key: 'createdAt',
                  label: t('columns.createdAt'),
                  value: <RelativeTime at={network.createdAt} locale={locale} />,
                },
                { key: 'note', label: t('columns.note'), value: network.note === '' ? undefined : network.note },
              ]}
            />
          </Panel>
          {subnet && (
            <Panel title={t('subnet')}>
              <UsageBar
                variant="wide"
                used={subnet.total === 0 ? 0 : subnet.used / subnet.total}
                label={t('columns.use')}
              />
              <FactGrid
                facts={[
                  {
                    key: 'use',
                    label: t('columns.addresses'),
                    value: t('usedOf', { used: formatNumber(subnet.used), total: formatNumber(subnet.total) }),
                  },
                  { key: 'cidr', label: t('columns.cidr'), value: copy(subnet.cidr) },
                  {
                    key: 'gateway',
                    label: t('columns.gateway'),
                    value: subnet.gateway === null ? undefined : copy(subnet.gateway),
                  },
                  {
                    key: 'dns',
                    label: t('columns.dns'),
                    value: subnet.dns.length === 0 ? undefined : subnet.dns.join(', '),
                  },
                  {
                    key: 'dhcp',
                    label: t('columns.dhcp'),
                    value: subnet.dhcp
                      ? t('dhcpOn', { time: formatDuration(subnet.leaseTime * 1000, locale) })
                      : t('dhcpOff'),
                  },
                  {
                    key: 'excluded',
                    label: t('columns.excluded'),
                    value:
                      subnet.excluded.length === 0
                        ? undefined
                        : subnet.excluded.map(({ from, to }) => (from === to ? from : `${from}–${to}`)).join(', '),
                  },
                  {
                    key: 'routes',
                    label: t('columns.routes'),
                    value:
                      subnet.routes.length === 0
                        ? undefined
                        : subnet.routes.map((route) => `${route.destination} → ${route.nextHop}`).join(', '),
                  },
                ]}
              />
            </Panel>
          )}
          <ResourceTimeline id={network.id} />
        </PanelStack>
      </PanelGrid>
      <ConfirmDialog
        open={asking}
        danger
        title={t('delete.title', { name: network.name })}
        facts={[
          { key: 'vms', tone: 'ok', text: t('delete.unused') },
          { key: 'gone', tone: 'warn', text: t('delete.gone') },
        ]}
        confirmLabel={t('delete.action')}
        cancelLabel={c('cancel')}
        closeLabel={c('close')}
        busy={remove.isPending}
        error={remove.isError ? readable(remove.error, locale, c('noAnswer')).text : undefined}
        onCancel={() => setAsking(false)}
        onConfirm={() => remove.mutate({ region: region.key, id: network.id })}
      />
    </>
  );
}
