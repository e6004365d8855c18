'use client';
import type { StorageCluster } from '@basalt/contract';
import { FactGrid, formatBytes, formatNumber, Note, Panel, StateLabel, type StateTone } from '@basalt/ui';
import { useTranslations } from 'next-intl';
import { CapacityLine } from './capacity-line.tsx';
import { useCheckWords } from './use-check-words.ts';
import styles from './clusters.module.css';

const tones: Record<StorageCluster['health'], StateTone> = {
  healthy: 'ok',
  warning: 'warn',
  error: 'err',
  unknown: 'off',
};

export function StoragePanel({ cluster }: { cluster: StorageCluster }) {
  const t = useTranslations('clusters');
  const checkWords = useCheckWords();
  return (
    <Panel
      title={cluster.name}
      hint={t('storage')}
      extra={<StateLabel tone={tones[cluster.health]}>{t(`health.${cluster.health}`)}</StateLabel>}
    >
      <CapacityLine name={t('capacity')} capacity={cluster.capacity} format={formatBytes} />
      <FactGrid
        columns={2}
        facts={[
          { key: 'pool', label: t('pool'), value: <span className="bs-mono">{cluster.pool}</span> },
          { key: 'media', label: t('media'), value: t(`mediaOf.${cluster.media}`) },
          { key: 'replicas', label: t('replicas'), value: formatNumber(cluster.replicas) },
          { key: 'domain', label: t('domain'), value: t(`domainOf.${cluster.failureDomain}`) },
          { key: 'disks', label: t('disks'), value: formatNumber(cluster.disks) },
        ]}
      />
      <div className={styles.notes}>
        {cluster.checks.length === 0 && cluster.health === 'healthy' && (
          <StateLabel tone="ok">{t('noChecks')}</StateLabel>
        )}
        {cluster.checks.map((check) => (
          <Note
            key={check.code}
            tone={cluster.health === 'error' ? 'err' : 'warn'}
            title={checkWords(check.code, check.message)}
          >
            <span className="bs-tertiary">
              <span className="bs-mono">{check.code}</span> {check.message}
            </span>
          </Note>
        ))}
      </div>
    </Panel>
  );
}
