'use client';
import { Panel, RelativeTime, SkeletonLines, Timeline } from '@basalt/ui';
import { useQuery } from '@tanstack/react-query';
import { useLocale, useTranslations } from 'next-intl';
import Link from 'next/link';
import { useTRPC } from '@/api/client.ts';
import { paths } from '@/paths.ts';
import { can, useConsole } from '@/session/session.tsx';
import { QueryError } from '@/shell/query-error.tsx';
import { eventTones } from './event-tone.ts';
import { useEventWords } from './use-event-words.ts';

/** The latest events of one resource, as a panel of its page. */
export function ResourceTimeline({ id, limit = 8 }: { id: string; limit?: number }) {
  const t = useTranslations('events');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const { region, session } = useConsole();
  const words = useEventWords();
  const events = useQuery(
    trpc.resourceEvent.list.queryOptions(
      { region: region.key, limit, filter: { resourceId: id } },
      { enabled: can(session, 'resourceEvent:read') },
    ),
  );
  if (!can(session, 'resourceEvent:read')) return null;
  return (
    <Panel title={t('timeline')} extra={<Link href={`${paths.events(region.key)}?f.resource=${id}`}>{t('all')}</Link>}>
      {events.isError && <QueryError title={t('failed')} error={events.error} />}
      {events.isPending && <SkeletonLines lines={3} label={c('loading')} />}
      {events.data?.items.length === 0 && <span className="bs-tertiary">{t('none')}</span>}
      {events.data && events.data.items.length > 0 && (
        <Timeline
          label={t('timeline')}
          items={events.data.items.map((event) => {
            const { title, detail } = words(event);
            return {
              key: String(event.id),
              tone: eventTones[event.level],
              title,
              ...(detail === undefined ? {} : { detail }),
              time: <RelativeTime at={event.at} locale={locale} />,
            };
          })}
        />
      )}
    </Panel>
  );
}
