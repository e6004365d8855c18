'use client';
import { hostState, stateColor, stateLabel, type Overview } from '@basalt/contract';
import { formatPercent, HexMap, HexMapLegend, Panel, StateLabel, type StateTone } from '@basalt/ui';
import { useLocale, useTranslations } from 'next-intl';
import { paths } from '@/paths.ts';
import { link } from '@/shell/link.tsx';
import styles from './overview.module.css';

const verdictTones: Record<Overview['services'][number]['health'], StateTone> = {
  healthy: 'ok',
  warning: 'warn',
  error: 'err',
  unknown: 'off',
};

/** What was found of a service, in words: "3 of 3 connected", not only a verdict. */
function useServiceWords(): (service: Overview['services'][number]) => string {
  const t = useTranslations('overview.health');
  return ({ key, health, params }) => {
    const hosts = Number(params['hosts'] ?? Number.NaN);
    if (health === 'unknown') return t('detail.stale');
    if (key === 'agents' && Number.isFinite(hosts))
      return t('detail.agents', { up: hosts - Number(params['lost'] ?? 0), hosts });
    if (key === 'metrics' && Number.isFinite(hosts)) {
      const refused = Number(params['refused'] ?? 0);
      return refused > 0 ? t('detail.metricsRefused', { refused }) : t('detail.metrics', { hosts });
    }
    const checks = params['checks'];
    if (key === 'ceph' && typeof checks === 'string' && checks !== '') return t('detail.ceph', { checks });
    return t(`verdict.${health}`);
  };
}

/** Hosts as hexagons by cluster, and the services everything stands on. */
export function HealthPanel({
  region,
  hosts,
  services,
}: {
  region: string;
  hosts: Overview['hosts'];
  services: Overview['services'];
}) {
  const t = useTranslations('overview.health');
  const locale = useLocale();
  const words = useServiceWords();
  const clusters = Map.groupBy(hosts, (host) => host.cluster);
  return (
    <Panel title={t('title')} hint={t('hint')} extra={<HexMapLegend low={t('low')} high={t('high')} />}>
      <div className={styles.clusters}>
        {hosts.length === 0 && <span className="bs-tertiary">{t('noHosts')}</span>}
        {[...clusters].map(([name, members]) => (
          <div key={name}>
            <div className={styles.clusterHead}>
              {name} <span className="bs-tertiary">{t('hosts', { count: members.length })}</span>
            </div>
            <HexMap
              label={t('map', { name })}
              link={link}
              hosts={members.map((host) => {
                const state = hostState.safeParse(host.state);
                const tone = state.success ? stateColor('host', state.data) : 'warn';
                return {
                  key: host.id,
                  href: paths.host(region, host.id),
                  load: host.load ?? undefined,
                  tone: tone === 'ok' || tone === 'off' ? undefined : tone,
                  label: t('hostLoad', {
                    name: host.name,
                    state: state.success ? stateLabel('host', state.data, locale) : host.state,
                    load: host.load === null ? t('unknown') : formatPercent(host.load),
                  }),
                };
              })}
            />
          </div>
        ))}
      </div>
      <div className={styles.services}>
        {services.map((service) => (
          <StateLabel key={service.key} tone={verdictTones[service.health]} detail={words(service)}>
            {t(`services.${service.key}`)}
          </StateLabel>
        ))}
      </div>
    </Panel>
  );
}
