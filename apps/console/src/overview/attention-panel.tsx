'use client';
import type { Overview } from '@basalt/contract';
import { EmptyState, Panel, RelativeTime, Timeline } from '@basalt/ui';
import { useLocale, useTranslations } from 'next-intl';
import Link from 'next/link';
import { pickText } from '@/i18n/pick-text.ts';
import { taskName } from '@/i18n/task-name.ts';
import { pathOfObject } from '@/paths.ts';

type Item = Overview['attention'][number];

/** Why it is listed, in words; undefined where the title says all. */
function useReason(): (item: Item) => string | undefined {
  const t = useTranslations('overview.attention.reason');
  const locale = useLocale();
  return ({ key, params }) => {
    const text = (name: string) => String(params[name] ?? '');
    switch (key) {
      case 'vmFailed':
        return text('reason') === '' ? undefined : pickText(text('reason'), locale);
      case 'storageDegraded':
        return text('checks') === '' ? undefined : t('checks', { checks: text('checks') });
      case 'storageFull':
      case 'memoryFull':
        return t('percent', { percent: text('percent') });
      case 'fewHosts':
        return t('hosts', { hosts: Number(params['hosts'] ?? 0) });
      case 'hostUnreachable':
        return t('unreachable');
      case 'hostFailed':
        return t('failed');
      case 'taskFailed':
      case 'taskParked':
        return t('task', { kind: taskName(text('kind'), locale) });
      default:
        return undefined;
    }
  };
}

/** What wants somebody now, errors first, each leading to its object. */
export function AttentionPanel({ region, items }: { region: string; items: Overview['attention'] }) {
  const t = useTranslations('overview.attention');
  const locale = useLocale();
  const reason = useReason();
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
            const why = reason(item);
            const text = t(item.key, { name: item.resource.name });
            return {
              key: `${item.key}:${item.resource.id}`,
              tone: item.level === 'error' ? ('err' as const) : ('warn' as const),
              title: path === undefined ? text : <Link href={path}>{text}</Link>,
              ...(why === undefined ? {} : { detail: why }),
              time: <RelativeTime at={item.since} locale={locale} />,
            };
          })}
        />
      )}
    </Panel>
  );
}
