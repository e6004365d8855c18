'use client';
import type { Host } from '@basalt/contract';
import { FactGrid, formatBytes, formatNumber, formatPercent, Panel, UsageBar } from '@basalt/ui';
import { useTranslations } from 'next-intl';
import Link from 'next/link';
import { paths } from '@/paths.ts';
import { useConsole } from '@/session/session.tsx';
import { shareOf, Uptime } from './host-columns.tsx';

/** Used and allocated now. */
export function HostUsePanel({ host }: { host: Host }) {
  const t = useTranslations('hosts');
  const { region } = useConsole();
  const memoryUsed = host.memory.used === null ? undefined : shareOf(host.memory.used, host.memory.total);
  return (
    <Panel
      title={t('use.title')}
      hint={t('use.hint')}
      extra={<Link href={`${paths.vms(region.key)}?f.hostId=${host.id}`}>{t('use.vms', { count: host.vms })}</Link>}
    >
      <FactGrid
        facts={[
          {
            key: 'cpu',
            label: t('columns.cpuUse'),
            value: (
              <>
                <UsageBar
                  variant="wide"
                  used={host.cpuUse ?? 0}
                  allocated={shareOf(host.vcpu.allocated, host.vcpu.total)}
                  label={t('cpuOf', { name: host.name })}
                />
                {t('use.line', {
                  used: host.cpuUse === null ? '—' : formatPercent(host.cpuUse),
                  allocated: formatNumber(host.vcpu.allocated),
                  total: t('use.vcpus', { count: formatNumber(host.vcpu.total) }),
                })}
              </>
            ),
          },
          {
            key: 'memory',
            label: t('columns.memory'),
            value: (
              <>
                <UsageBar
                  variant="wide"
                  used={memoryUsed ?? 0}
                  allocated={shareOf(host.memory.allocated, host.memory.total)}
                  label={t('memoryOf', { name: host.name })}
                />
                {t('use.line', {
                  used: memoryUsed === undefined ? '—' : formatPercent(memoryUsed),
                  allocated: formatBytes(host.memory.allocated),
                  total: formatBytes(host.memory.total),
                })}
              </>
            ),
          },
          {
            key: 'load',
            label: t('use.load'),
            value: host.load1 === null ? undefined : formatNumber(host.load1, 2),
          },
          {
            key: 'uptime',
            label: t('columns.uptime'),
            value: host.bootedAt === null ? undefined : <Uptime since={host.bootedAt} />,
          },
        ]}
      />
    </Panel>
  );
}
