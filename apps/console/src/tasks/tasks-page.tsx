'use client';
import { errorText, taskState, type Task } from '@basalt/contract';
import { EmptyState, formatDuration, RelativeTime, Segments, StateLabel, useNow, type DataColumn } from '@basalt/ui';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useLocale, useTranslations } from 'next-intl';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useTRPC } from '@/api/client.ts';
import { taskName } from '@/i18n/task-name.ts';
import { ListPage } from '@/list/list-page.tsx';
import { valuesOf } from '@/list/sort-of.ts';
import { toggleFilter, useListState } from '@/list-state.ts';
import { pathOfObject, paths } from '@/paths.ts';
import { useConsole } from '@/session/session.tsx';
import { taskTones } from '@/shell/task-tone.ts';
import { TaskRowActions } from './task-actions.tsx';
import { tookOf } from './task-times.ts';
import { useStepWords } from './use-step-words.ts';

const none = <span className="bs-none">—</span>;

/** The task centre: mine or all, by state and kind. */
export function TasksPage() {
  const t = useTranslations('tasks');
  const s = useTranslations('shell.taskState');
  const locale = useLocale();
  const trpc = useTRPC();
  const router = useRouter();
  const now = useNow();
  const { region } = useConsole();
  const stepWords = useStepWords();
  const [state, setState] = useListState();
  const mine = state.filter['mine']?.[0] === '1';
  const kind = state.filter['kind']?.[0];
  const targetId = state.filter['target']?.[0];
  const states = valuesOf(state.filter['state'], taskState);
  const query = useQuery(
    trpc.task.list.queryOptions(
      {
        region: region.key,
        limit: state.size,
        page: state.page,
        search: state.search,
        filter: {
          ...(mine ? { mine } : {}),
          ...(kind ? { kind } : {}),
          ...(targetId ? { targetId } : {}),
          ...(states ? { state: states } : {}),
        },
      },
      { placeholderData: keepPreviousData },
    ),
  );
  const columns: DataColumn<Task>[] = [
    {
      key: 'name',
      title: t('columns.name'),
      width: 200,
      render: (task) => <Link href={paths.task(region.key, task.id)}>{taskName(task.kind, locale)}</Link>,
    },
    {
      key: 'target',
      title: t('columns.target'),
      width: 200,
      render: (task) => {
        const path = pathOfObject(region.key, task.target.kind, task.target.id);
        return path === undefined ? task.target.name : <Link href={path}>{task.target.name}</Link>;
      },
    },
    {
      key: 'state',
      title: t('columns.state'),
      width: 220,
      render: (task) => (
        <StateLabel
          tone={taskTones[task.state]}
          {...(task.state === 'running' || task.state === 'undoing'
            ? { progress: task.progress, progressLabel: t('progressOf', { name: task.target.name }) }
            : {})}
        >
          {s(task.state)}
        </StateLabel>
      ),
    },
    {
      key: 'detail',
      title: t('columns.detail'),
      width: 320,
      render: (task) =>
        task.error ? (
          <span className="bs-err">{errorText(task.error.code, task.error.params, locale)}</span>
        ) : task.currentStep === null || task.finishedAt !== null ? (
          none
        ) : (
          stepWords(task.currentStep)
        ),
    },
    {
      key: 'took',
      title: t('columns.took'),
      width: 120,
      align: 'right',
      render: (task) => {
        const took = tookOf(task, now);
        return took === undefined ? none : formatDuration(took, locale);
      },
    },
    { key: 'actor', title: t('columns.actor'), width: 140, render: (task) => task.actor.name },
    {
      key: 'createdAt',
      title: t('columns.createdAt'),
      width: 130,
      render: (task) => <RelativeTime at={task.createdAt} locale={locale} />,
    },
    { key: 'id', title: t('columns.id'), width: 320, mono: true, optional: true, render: (task) => task.id },
  ];
  const set = (field: string, value: string | undefined) => {
    const { [field]: _gone, ...rest } = state.filter;
    setState({ filter: value === undefined ? rest : { ...rest, [field]: [value] } });
  };
  return (
    <ListPage<Task>
      title={t('title')}
      state={state}
      onState={setState}
      query={query}
      columns={columns}
      rowKey={(task) => task.id}
      rowName={(task) => `${taskName(task.kind, locale)} ${task.target.name}`}
      onOpen={(task) => router.push(paths.task(region.key, task.id))}
      rowActions={(task) => <TaskRowActions task={task} />}
      facets={taskState.options.map((key) => ({
        key,
        label: s(key),
        tone: taskTones[key],
        count: null,
        active: state.filter['state']?.includes(key) ?? false,
      }))}
      onFacet={(key) => setState({ filter: toggleFilter(state.filter, 'state', key) })}
      facetsExtra={
        <Segments
          label={t('scope')}
          value={mine ? 'mine' : 'all'}
          onChange={(scope) => set('mine', scope === 'mine' ? '1' : undefined)}
          options={[
            { key: 'all', label: t('all') },
            { key: 'mine', label: t('mine') },
          ]}
        />
      }
      condition={(field, value) => {
        if (field === 'kind') return { field: t('columns.name'), value: taskName(value, locale) };
        if (field === 'target')
          return { field: t('columns.target'), value: query.data?.items[0]?.target.name ?? value };
        if (field === 'mine') return { field: t('scope'), value: t('mine') };
        const known = taskState.safeParse(value);
        return field === 'state' && known.success ? { field: t('columns.state'), value: s(known.data) } : undefined;
      }}
      placeholder={t('search')}
      failed={t('failed')}
      stillWorks={t('stillWorks')}
      emptyFiltered={t('emptyFiltered')}
      empty={<EmptyState title={t('empty')}>{t('emptyWhy')}</EmptyState>}
    />
  );
}
