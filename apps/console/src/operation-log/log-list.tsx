'use client';
import type { OperationEntry } from '@basalt/contract';
import { EmptyState, formatExact, StateLabel, type DataColumn } from '@basalt/ui';
import { useTranslations } from 'next-intl';
import Link from 'next/link';
import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import { clientName } from '@/my-account/client-name.ts';
import { toggleFilter, type ListState } from '@/list-state.ts';
import { ListPage, type ListQuery } from '@/list/list-page.tsx';
import { pathOfObject } from '@/paths.ts';
import { useConsole } from '@/session/session.tsx';
import { EntryPanel } from './entry-panel.tsx';
import { LogConditions } from './log-conditions.tsx';
import { spanOf, spans, type Span } from './log-query.ts';
import { resultTones, useLogWords } from './use-log-words.ts';

const dash = <span className="bs-none">—</span>;
const results = ['succeeded', 'failed', 'accepted'] as const satisfies readonly OperationEntry['result'][];

interface LogListProps {
  header: React.ReactNode;
  state: ListState;
  onState: (change: Partial<ListState>) => void;
  query: ListQuery<OperationEntry>;
  /** Names the operator; not in one's own log. */
  withOperator: boolean;
}

/** Entries of the operation log, newest first, with their conditions; one of them beside the list. */
export function LogList({ header, state, onState, query, withOperator }: LogListProps) {
  const t = useTranslations('operationLog');
  const words = useLogWords();
  const router = useRouter();
  const pathname = usePathname();
  const params = useSearchParams();
  const { region, regions } = useConsole();
  const regionName = (key: string) => regions.find((item) => item.key === key)?.name ?? key;
  const rows = query.data?.items ?? [];
  const at = rows.findIndex((entry) => String(entry.sequence) === params.get('entry'));
  const open = rows[at];
  const entryHref = (entry: OperationEntry | undefined): string => {
    const next = new URLSearchParams(params.toString());
    next.delete('entry');
    if (entry) next.set('entry', String(entry.sequence));
    const text = next.toString();
    return text === '' ? pathname : `${pathname}?${text}`;
  };
  const show = (entry: OperationEntry | undefined) => router.replace(entryHref(entry), { scroll: false });
  const span = spanOf(state);
  const setSpan = (key: Span) => {
    const { from: _from, to: _to, time: _time, ...rest } = state.filter;
    onState({ filter: span === key ? rest : { ...rest, time: [key] } });
  };

  const columns: DataColumn<OperationEntry>[] = [
    {
      key: 'at',
      title: t('columns.at'),
      width: 182,
      sortable: withOperator,
      render: (entry) => (
        <Link href={entryHref(entry)} scroll={false} replace>
          {formatExact(new Date(entry.at))}
        </Link>
      ),
    },
    {
      key: 'result',
      title: t('columns.result'),
      width: 118,
      render: (entry) => <StateLabel tone={resultTones[entry.result]}>{t(`results.${entry.result}`)}</StateLabel>,
    },
    {
      key: 'operation',
      title: t('columns.operation'),
      width: 170,
      render: (entry) => <span title={entry.operation}>{words.operation(entry.operation)}</span>,
    },
    { key: 'module', title: t('columns.module'), width: 120, render: (entry) => words.module(entry.module) },
    {
      key: 'resources',
      title: t('columns.resources'),
      width: 180,
      render: (entry) => {
        const [first] = entry.resources;
        if (!first) return dash;
        const path = pathOfObject(entry.region ?? region.key, first.kind, first.id);
        const more = entry.resources.length - 1;
        return (
          <>
            {path === undefined ? first.name : <Link href={path}>{first.name}</Link>}
            {more > 0 && <span className="bs-tertiary"> {t('moreResources', { count: more })}</span>}
          </>
        );
      },
    },
    ...(withOperator
      ? [
          {
            key: 'account',
            title: t('columns.account'),
            width: 120,
            render: (entry: OperationEntry) => entry.account.name || dash,
          },
        ]
      : []),
    {
      key: 'region',
      title: t('columns.region'),
      width: 110,
      render: (entry) => (entry.region === null ? dash : regionName(entry.region)),
    },
    { key: 'address', title: t('columns.address'), width: 150, mono: true, render: (entry) => entry.address || dash },
    {
      key: 'via',
      title: t('columns.via'),
      width: 110,
      optional: true,
      render: (entry) => t(`via.${entry.via}`),
    },
    {
      key: 'client',
      title: t('columns.client'),
      width: 180,
      optional: true,
      render: (entry) => <span title={entry.client}>{clientName(entry.client) || dash}</span>,
    },
    {
      key: 'sequence',
      title: t('columns.sequence'),
      width: 100,
      align: 'right',
      optional: true,
      render: (entry) => entry.sequence,
    },
  ];

  return (
    <>
      <ListPage<OperationEntry>
        header={header}
        title={t('title')}
        state={state}
        onState={onState}
        query={query}
        columns={columns}
        rowKey={(entry) => String(entry.sequence)}
        rowName={(entry) => words.operation(entry.operation)}
        onOpen={show}
        placeholder={t('search')}
        defaultSort={{ key: 'at', order: 'desc' }}
        facets={[
          ...results.map((key) => ({
            key: `result:${key}`,
            label: t(`results.${key}`),
            tone: resultTones[key],
            count: null,
            active: state.filter['result']?.includes(key) === true,
          })),
          ...(Object.keys(spans) as Span[]).map((key, index) => ({
            key: `time:${key}`,
            label: t(`spans.${key}`),
            count: null,
            active: span === key,
            divider: index === 0,
          })),
        ]}
        onFacet={(key) => {
          const [kind, value = ''] = key.split(':');
          if (kind === 'time') setSpan(value as Span);
          else onState({ filter: toggleFilter(state.filter, 'result', value) });
        }}
        facetsExtra={<LogConditions state={state} onState={onState} withOperator={withOperator} />}
        condition={(field, value) => {
          switch (field) {
            case 'module':
              return { field: t('columns.module'), value: words.module(value) };
            case 'operation':
              return { field: t('columns.operation'), value: words.operation(value) };
            case 'result': {
              const known = results.find((item) => item === value);
              return known && { field: t('columns.result'), value: t(`results.${known}`) };
            }
            case 'region':
              return { field: t('columns.region'), value: regionName(value) };
            case 'account':
              return {
                field: t('columns.account'),
                value: rows.find((entry) => entry.account.id === value)?.account.name ?? value.slice(0, 8),
              };
            case 'resource':
              return {
                field: t('columns.resources'),
                value: rows.flatMap((entry) => entry.resources).find(({ id }) => id === value)?.name ?? value,
              };
            case 'time':
              return span && { field: t('columns.at'), value: t(`spans.${span}`) };
            case 'from':
            case 'to':
              return { field: t(field), value: value.replace('T', ' ') };
            default:
              return undefined;
          }
        }}
        failed={t('failed')}
        stillWorks={t('stillWorks')}
        emptyFiltered={t('emptyFiltered')}
        empty={<EmptyState title={t('empty')}>{t('emptyWhy')}</EmptyState>}
      />
      {open && (
        <EntryPanel
          entry={open}
          onClose={() => show(undefined)}
          onPrevious={at > 0 ? () => show(rows[at - 1]) : undefined}
          onNext={at < rows.length - 1 ? () => show(rows[at + 1]) : undefined}
          onResource={(id) => {
            const next: ListState['filter'] = { ...state.filter, resource: [id] };
            onState({ filter: next });
          }}
        />
      )}
    </>
  );
}
