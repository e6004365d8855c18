'use client';
import type { Overview } from '@basalt/contract';
import { EmptyState, Panel, RelativeTime, Timeline } from '@basalt/ui';
import { useLocale, useTranslations } from 'next-intl';
import Link from 'next/link';
import { pathOfObject } from '@/paths.ts';

/** What wants somebody now, errors first, each leading to its object. */
export function AttentionPanel({ region, items }: { region: string; items: Overview['attention'] }) {
  const t = useTranslations('overview.attention');
  const locale = useLocale();
  const sorted = items.toSorted(
    (a, b) => Number(b.level === 'error') - Number(a.level === 'error') || b.since.localeCompare(a.since),
  );
  return (
    <Panel title={t('title')} count={items.length} hint={t('hint')}>
      {sorted.length === 0 ? (
        <EmptyState title={t('none')}>{t('noneWhy')}</EmptyState>
      ) : (
        <Timeline
          label={t('title')}
          items={sorted.map((item) => {
            const path = pathOfObject(region, item.resource.kind, item.resource.id);
            const text = t(item.key, { name: item.resource.name });
            return {
              key: `${item.key}:${item.resource.id}`,
              tone: item.level === 'error' ? ('err' as const) : ('warn' as const),
              title: path === undefined ? text : <Link href={path}>{text}</Link>,
              time: <RelativeTime at={item.since} locale={locale} />,
            };
          })}
        />
      )}
    </Panel>
  );
}
