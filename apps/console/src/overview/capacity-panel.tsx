'use client';
import type { Capacity, Overview } from '@basalt/contract';
import { formatBytes, formatNumber, formatPercent, Panel, UsageBar } from '@basalt/ui';
import { useTranslations } from 'next-intl';
import styles from './overview.module.css';

/** At most 1: what the platform itself uses is outside of what guests may be promised, and counts as full. */
const share = (part: number, whole: number): number => (whole > 0 ? Math.min(1, part / whole) : 0);

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
      <ul className={styles.rows}>
        {rows.map(({ key, name, capacity: { used, allocated, total }, format }) => (
          <li key={key}>
            <span>{name}</span>
            <UsageBar variant="wide" label={name} used={share(used ?? 0, total)} allocated={share(allocated, total)} />
            <span className={styles.line}>
              {used === null
                ? t('lineUnknown', { allocated: format(allocated), total: format(total) })
                : t('line', {
                    used: formatPercent(share(used, total)),
                    allocated: format(allocated),
                    total: format(total),
                  })}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
