'use client';
import type { SourceLimits } from '@basalt/contract';
import { FactGrid } from '@basalt/ui';
import { useLocale, useTranslations } from 'next-intl';
import { dayRuns, limitsAreOpen, limitsValuesOf } from './limits-form.ts';
import styles from './accounts.module.css';

type Day = 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** Where from and when an account may be used, in words. */
export function LimitsText({ limits }: { limits: SourceLimits }) {
  const t = useTranslations('accounts.limits');
  const locale = useLocale();
  if (limitsAreOpen(limits)) return <span className="bs-secondary">{t('open')}</span>;
  const days = (row: readonly number[]) =>
    dayRuns(row)
      .map(([from, to]) =>
        from === to
          ? t(`day.${from as Day}`)
          : t('dayRun', { from: t(`day.${from as Day}`), to: t(`day.${to as Day}`) }),
      )
      .join(locale === 'zh-CN' ? '、' : ', ');
  return (
    <FactGrid
      facts={[
        {
          key: 'sources',
          label: t('sources'),
          value:
            limits.sources.length === 0 ? (
              t('everywhere')
            ) : (
              <ul className={styles.lines}>
                {limits.sources.map((source) => (
                  <li key={source} className="bs-mono">
                    {source}
                  </li>
                ))}
              </ul>
            ),
        },
        {
          key: 'hours',
          label: t('hours'),
          value:
            limits.hours.length === 0 ? (
              t('anyTime')
            ) : (
              <ul className={styles.lines}>
                {limitsValuesOf(limits).hours.map((row) => (
                  <li key={`${row.from}-${row.to}`}>
                    {days(row.days)} {row.from}–{row.to}
                  </li>
                ))}
                <li className="bs-tertiary">{limits.timeZone}</li>
              </ul>
            ),
        },
      ]}
    />
  );
}
