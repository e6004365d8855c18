'use client';
import type { ComputeCluster } from '@basalt/contract';
import { FactGrid, formatBytes, formatNumber, formatPercent, Note, Panel } from '@basalt/ui';
import { useTranslations } from 'next-intl';
import Link from 'next/link';
import { paths } from '@/paths.ts';
import { useConsole } from '@/session/session.tsx';
import { CapacityLine } from './capacity-line.tsx';
import styles from './clusters.module.css';

export function ComputePanel({ cluster }: { cluster: ComputeCluster }) {
  const t = useTranslations('clusters');
  const { region } = useConsole();
  return (
    <Panel title={cluster.name} hint={t('compute')}>
      <CapacityLine
        name={t('vcpu')}
        capacity={cluster.vcpu}
        format={(value) => t('vcpus', { count: formatNumber(value) })}
      />
      <CapacityLine name={t('memory')} capacity={cluster.memory} format={formatBytes} />
      <FactGrid
        columns={2}
        facts={[
          {
            key: 'hosts',
            label: t('hosts'),
            value: (
              <Link href={paths.hosts(region.key)}>
                {t('hostsOf', { available: cluster.hostsAvailable, total: cluster.hosts })}
              </Link>
            ),
          },
          {
            key: 'vms',
            label: t('vms'),
            value: <Link href={`${paths.vms(region.key)}?f.clusterId=${cluster.id}`}>{formatNumber(cluster.vms)}</Link>,
          },
          { key: 'cpu', label: t('cpuOvercommit'), value: formatPercent(cluster.cpuOvercommit / 100) },
          { key: 'memory', label: t('memoryOvercommit'), value: formatPercent(cluster.memoryOvercommit / 100) },
          { key: 'architecture', label: t('architecture'), value: cluster.architecture },
        ]}
      />
      {cluster.warnings.length > 0 && (
        <div className={styles.notes}>
          {cluster.warnings.map((warning) => (
            <Note key={warning} tone="warn">
              {t(`warning.${warning}`)}
            </Note>
          ))}
        </div>
      )}
    </Panel>
  );
}
