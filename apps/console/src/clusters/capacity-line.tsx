'use client';
import type { Capacity } from '@basalt/contract';
import { formatPercent, UsageBar } from '@basalt/ui';
import { useTranslations } from 'next-intl';
import styles from './clusters.module.css';

const share = (part: number, whole: number): number => (whole > 0 ? part / whole : 0);

/** Used and allocated of one resource on one bar, and the same in words. */
export function CapacityLine({
  name,
  capacity: { used, allocated, total },
  format,
}: {
  name: string;
  capacity: Capacity;
  format: (value: number) => string;
}) {
  const t = useTranslations('clusters');
  return (
    <div className={styles.capacity}>
      <span>{name}</span>
      <UsageBar variant="wide" label={name} used={share(used ?? 0, total)} allocated={share(allocated, total)} />
      <span className={styles.line}>
        {used === null
          ? t('lineUnknown', { allocated: format(allocated), total: format(total) })
          : t('line', { used: formatPercent(share(used, total)), allocated: format(allocated), total: format(total) })}
      </span>
    </div>
  );
}
