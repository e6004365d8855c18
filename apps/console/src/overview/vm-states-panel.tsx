'use client';
import { stateColor, stateLabel, vmState } from '@basalt/contract';
import { formatNumber, Panel, StackBar, StateLabel } from '@basalt/ui';
import { useLocale, useTranslations } from 'next-intl';
import Link from 'next/link';
import { paths } from '@/paths.ts';
import styles from './overview.module.css';

/** How many virtual machines are in which state; each state leads to the list it counts. */
export function VmStatesPanel({ region, states }: { region: string; states: Readonly<Record<string, number>> }) {
  const t = useTranslations('overview.vms');
  const locale = useLocale();
  const known = Object.entries(states)
    .flatMap(([key, count]) => {
      const state = vmState.safeParse(key);
      return state.success && count > 0 ? [{ state: state.data, count, tone: stateColor('vm', state.data) }] : [];
    })
    .toSorted((a, b) => b.count - a.count);
  const total = known.reduce((sum, item) => sum + item.count, 0);
  return (
    <Panel
      title={t('title')}
      hint={t('count', { count: formatNumber(total) })}
      extra={<Link href={paths.vms(region)}>{t('list')}</Link>}
    >
      <StackBar
        label={t('bar')}
        parts={known.map((item) => ({ key: item.state, tone: item.tone, value: item.count }))}
      />
      <ul className={styles.states}>
        {known.length === 0 && <li className="bs-tertiary">{t('none')}</li>}
        {known.map((item) => (
          <li key={item.state}>
            <Link href={`${paths.vms(region)}?f.state=${item.state}`}>
              <StateLabel tone={item.tone}>{stateLabel('vm', item.state, locale)}</StateLabel>
            </Link>
            <span>{formatNumber(item.count)}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
