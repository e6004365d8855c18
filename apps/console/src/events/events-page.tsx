'use client';
import type { ResourceEvent } from '@basalt/contract';
import { EmptyState, formatExact, RelativeTime, StateLabel, type DataColumn } from '@basalt/ui';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useLocale, useTranslations } from 'next-intl';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useTRPC } from '@/api/client.ts';
import { ListPage } from '@/list/list-page.tsx';
import { useListState } from '@/list-state.ts';
import { pathOfObject, paths } from '@/paths.ts';
import { useConsole } from '@/session/session.tsx';
import { eventTones } from './event-tone.ts';
import { useEventWords } from './use-event-words.ts';

const kinds = ['vm', 'host', 'image', 'network', 'disk'] as const;

/** What happened to resources, newest first. */
export function EventsPage() {
  const t = useTranslations('events');
  const locale = useLocale();
  const trpc = useTRPC();
  const router = useRouter();
  const { region } = useConsole();
  const [state, setState] = useListState();
  const words = useEventWords();
  const kind = kinds.find((item) => item === state.filter['kind']?.[0]);
  const resourceId = state.filter['resource']?.[0];
  const query = useQuery(
    trpc.resourceEvent.list.queryOptions(
      {
        region: region.key,
        limit: state.size,
        page: state.page,
        search: state.search,
        filter: { ...(kind ? { kind } : {}), ...(resourceId ? { resourceId } : {}) },
      },
      { placeholderData: keepPreviousData },
    ),
  );
  const columns: DataColumn<ResourceEvent>[] = [
    {
      key: 'title',
      title: t('columns.event'),
      width: 280,
      render: (event) => <StateLabel tone={eventTones[event.level]}>{words(event).title}</StateLabel>,
    },
    {
      key: 'resource',
      title: t('columns.resource'),
      width: 260,
      render: (event) => {
        const path = pathOfObject(region.key, event.resource.kind, event.resource.id);
        return path === undefined ? event.resource.name : <Link href={path}>{event.resource.name}</Link>;
      },
    },
    {
      key: 'kind',
      title: t('columns.kind'),
      width: 130,
      render: (event) => {
        const known = kinds.find((item) => item === event.resource.kind);
        return known === undefined ? event.resource.kind : t(`kind.${known}`);
      },
    },
    { key: 'detail', title: t('columns.detail'), width: 320, render: (event) => words(event).detail ?? dash },
    {
      key: 'task',
      title: t('columns.task'),
      width: 110,
      render: (event) =>
        event.taskId === null ? dash : <Link href={paths.task(region.key, event.taskId)}>{t('openTask')}</Link>,
    },
    {
      key: 'at',
      title: t('columns.at'),
      width: 130,
      render: (event) => <RelativeTime at={event.at} locale={locale} />,
    },
    {
      key: 'exact',
      title: t('columns.exact'),
      width: 170,
      optional: true,
      render: (event) => formatExact(new Date(event.at)),
    },
  ];
  return (
    <ListPage<ResourceEvent>
      title={t('title')}
      state={state}
      onState={setState}
      query={query}
      columns={columns}
      rowKey={(event) => String(event.id)}
      rowName={(event) => words(event).title}
      onOpen={(event) => {
        const path = pathOfObject(region.key, event.resource.kind, event.resource.id);
        if (path !== undefined) router.push(path);
      }}
      facets={kinds.map((key) => ({ key, label: t(`kind.${key}`), count: null, active: kind === key }))}
      onFacet={(key) => {
        const { kind: _gone, ...rest } = state.filter;
        setState({ filter: kind === key ? rest : { ...rest, kind: [key] } });
      }}
      condition={(field, value) => {
        const known = kinds.find((item) => item === value);
        if (field === 'kind') return { field: t('columns.kind'), value: known ? t(`kind.${known}`) : value };
        return field === 'resource'
          ? { field: t('columns.resource'), value: query.data?.items[0]?.resource.name ?? value }
          : undefined;
      }}
      placeholder={t('search')}
      failed={t('failed')}
      stillWorks={t('stillWorks')}
      emptyFiltered={t('emptyFiltered')}
      empty={<EmptyState title={t('none')}>{t('noneWhy')}</EmptyState>}
    />
  );
}

const dash = <span className="bs-none">—</span>;
