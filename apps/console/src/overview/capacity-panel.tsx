'use client';
import type { Capacity, Overview } from '@basalt/contract';
import { formatBytes, formatNumber, Panel } from '@basalt/ui';
import { useTranslations } from 'next-intl';
import { CapacityLine } from '@/clusters/capacity-line.tsx';

/** Used and allocated of every resource on one bar each. */
export function CapacityPanel({ data }: { data: Overview }) {
  const t = useTranslations('overview.capacity');
  const rows: { key: string; name: string; capacity: Capacity; format: (value: number) => string }[] = [
    {
      key: 'vcpu',
      name: t('vcpu'),
      capacity: data.vcpu,
      format: (value) => t('vcpus', { count: formatNumber(value) }),
    },
    { key: 'memory', name: t('memory'), capacity: data.memory, format: formatBytes },
    ...data.storage.map((item) => ({ key: item.id, name: item.name, capacity: item.capacity, format: formatBytes })),
  ];
  return (
    <Panel title={t('title')} hint={t('hint')}>
      {rows.map(({ key, ...row }) => (
        <CapacityLine key={key} {...row} />
      ))}
    </Panel>
  );
}
