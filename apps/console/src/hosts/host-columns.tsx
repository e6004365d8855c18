'use client';
import { stateColor, stateLabel, type Host } from '@basalt/contract';
import {
  formatBytes,
  formatDuration,
  formatNumber,
  RelativeTime,
  StateLabel,
  UsageBar,
  useNow,
  type DataColumn,
} from '@basalt/ui';
import { useLocale, useTranslations } from 'next-intl';
import Link from 'next/link';
import { useMemo } from 'react';
import { pickText } from '@/i18n/pick-text.ts';
import { paths } from '@/paths.ts';

const none = <span className="bs-none">—</span>;
export const shareOf = (part: number, whole: number): number => (whole > 0 ? part / whole : 0);

/** How long a host has been up, moving. */
export function Uptime({ since }: { since: string }) {
  const locale = useLocale();
  const now = useNow();
  return <span suppressHydrationWarning>{formatDuration(Math.max(1000, now - Date.parse(since)), locale)}</span>;
}

/** State of a host; when it is not well, why and since when nothing was heard. */
export function HostStateLabel({ host }: { host: Host }) {
  const locale = useLocale();
  const t = useTranslations('hosts');
  const lost = host.state === 'unreachable' || host.state === 'failed';
  const detail =
    host.reason !== null
      ? pickText(host.reason, locale)
      : lost && host.seenAt !== null
        ? t.rich('seen', { time: () => <RelativeTime at={host.seenAt ?? ''} locale={locale} /> })
        : !host.connected && (host.state === 'available' || host.state === 'locked')
          ? t('connecting')
          : undefined;
  return (
    <StateLabel tone={stateColor('host', host.state)} {...(detail === undefined ? {} : { detail })}>
      {stateLabel('host', host.state, locale)}
    </StateLabel>
  );
}

export function useHostColumns(region: string): DataColumn<Host>[] {
  const t = useTranslations('hosts');
  return useMemo(
    () => [
      {
        key: 'name',
        title: t('columns.name'),
        width: 150,
        sortable: true,
        render: (host) => <Link href={paths.host(region, host.id)}>{host.name}</Link>,
      },
      {
        key: 'state',
        title: t('columns.state'),
        width: 130,
        sortable: true,
        render: (host) => <HostStateLabel host={host} />,
      },
      { key: 'address', title: t('columns.address'), width: 120, mono: true, render: (host) => host.address },
      {
        key: 'cpuUse',
        title: t('columns.cpuUse'),
        width: 150,
        sortable: true,
        render: (host) => (
          <UsageBar
            used={host.cpuUse ?? undefined}
            allocated={shareOf(host.vcpu.allocated, host.vcpu.total)}
            label={t('cpuOf', { name: host.name })}
          />
        ),
      },
      {
        key: 'vcpu',
        title: t('columns.vcpu'),
        width: 110,
        align: 'right',
        render: (host) => `${formatNumber(host.vcpu.allocated)} / ${formatNumber(host.vcpu.total)}`,
      },
      {
        key: 'memory',
        title: t('columns.memory'),
        width: 150,
        sortable: true,
        render: (host) => (
          <UsageBar
            used={host.memory.used === null ? undefined : shareOf(host.memory.used, host.memory.total)}
            allocated={shareOf(host.memory.allocated, host.memory.total)}
            label={t('memoryOf', { name: host.name })}
          />
        ),
      },
      {
        key: 'memoryAllocated',
        title: t('columns.memoryAllocated'),
        width: 140,
        align: 'right',
        render: (host) => `${formatBytes(host.memory.allocated)} / ${formatBytes(host.memory.total)}`,
      },
      {
        key: 'vms',
        title: t('columns.vms'),
        width: 80,
        align: 'right',
        sortable: true,
        render: (host) =>
          host.vms === 0 ? (
            none
          ) : (
            <Link href={`${paths.vms(region)}?f.hostId=${host.id}`}>{formatNumber(host.vms)}</Link>
          ),
      },
      {
        key: 'hypervisor',
        title: t('columns.hypervisor'),
        width: 140,
        optional: true,
        render: (host) => host.inventory?.hypervisor ?? none,
      },
      {
        key: 'agent',
        title: t('columns.agent'),
        width: 100,
        optional: true,
        render: (host) => host.inventory?.agent ?? none,
      },
      {
        key: 'uptime',
        title: t('columns.uptime'),
        width: 120,
        render: (host) => (host.bootedAt === null ? none : <Uptime since={host.bootedAt} />),
      },
      { key: 'cluster', title: t('columns.cluster'), width: 140, optional: true, render: (host) => host.cluster.name },
      {
        key: 'kernel',
        title: t('columns.kernel'),
        width: 180,
        optional: true,
        render: (host) => host.inventory?.kernel ?? none,
      },
    ],
    [t, region],
  );
}
