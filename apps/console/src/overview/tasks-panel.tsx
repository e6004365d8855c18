'use client';
import { errorText, type Task } from '@basalt/contract';
import { DataTable, formatDuration, Panel, RelativeTime, Segments, StateLabel } from '@basalt/ui';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useLocale, useTranslations } from 'next-intl';
import Link from 'next/link';
import { useState } from 'react';
import { useTRPC } from '@/api/client.ts';
import { taskName } from '@/i18n/task-name.ts';
import { pathOfObject, paths } from '@/paths.ts';
import { can, useConsole } from '@/session/session.tsx';
import { QueryError } from '@/shell/query-error.tsx';
import { taskTones } from '@/shell/task-tone.ts';
import { useStepWords } from '@/tasks/use-step-words.ts';
import { useTableLabels } from '@/use-table-labels.ts';

/** What was done last and is being done now, mine or everybody's. */
export function TasksPanel() {
  const t = useTranslations('overview.tasks');
  const s = useTranslations('shell');
  const locale = useLocale();
  const trpc = useTRPC();
  const { region, session } = useConsole();
  const stepWords = useStepWords();
  const labels = useTableLabels(t('title'));
  const [scope, setScope] = useState<'mine' | 'all'>('all');
  const allowed = can(session, 'task:read');
  const tasks = useQuery(
    trpc.task.list.queryOptions(
      { region: region.key, limit: 6, filter: { mine: scope === 'mine' } },
      { enabled: allowed, placeholderData: keepPreviousData },
    ),
  );
  if (!allowed) return null;
  const detail = (task: Task) => {
    if (task.error)
      return (
        <Link href={paths.task(region.key, task.id)}>{errorText(task.error.code, task.error.params, locale)}</Link>
      );
    return task.finishedAt === null && task.currentStep !== null
      ? stepWords(task.currentStep)
      : s(`taskState.${task.state}`);
  };
  return (
    <Panel
      flush
      title={t('title')}
      extra={
        <>
          <Segments
            label={s('tray.filter')}
            value={scope}
            onChange={setScope}
            options={[
              { key: 'mine', label: s('tray.mine') },
              { key: 'all', label: s('tray.all') },
            ]}
          />
          <Link href={paths.tasks(region.key)}>{t('centre')}</Link>
        </>
      }
    >
      <DataTable<Task>
        fill={false}
        columns={[
          {
            key: 'name',
            title: s('tray.title'),
            width: 220,
            render: (task) => (
              <StateLabel tone={taskTones[task.state]}>
                <Link href={paths.task(region.key, task.id)}>{taskName(task.kind, locale)}</Link>
              </StateLabel>
            ),
          },
          {
            key: 'target',
            title: t('target'),
            width: 200,
            render: (task) => {
              const path = pathOfObject(region.key, task.target.kind, task.target.id);
              return path === undefined ? task.target.name : <Link href={path}>{task.target.name}</Link>;
            },
          },
          { key: 'detail', title: t('detail'), width: 260, render: detail },
          {
            key: 'progress',
            title: t('progress'),
            width: 130,
            render: (task) =>
              task.finishedAt === null ? (
                <StateLabel
                  tone={taskTones[task.state]}
                  progress={task.progress}
                  progressLabel={s('tray.progress', { name: taskName(task.kind, locale) })}
                >
                  {null}
                </StateLabel>
              ) : task.startedAt === null ? (
                <span className="bs-none">—</span>
              ) : (
                formatDuration(Date.parse(task.finishedAt) - Date.parse(task.startedAt), locale)
              ),
          },
          { key: 'actor', title: t('actor'), width: 120, render: (task) => task.actor.name },
          {
            key: 'at',
            title: t('at'),
            width: 110,
            align: 'right',
            render: (task) => <RelativeTime at={task.createdAt} locale={locale} />,
          },
        ]}
        rows={tasks.data?.items}
        rowKey={(task) => task.id}
        rowName={(task) => `${taskName(task.kind, locale)} ${task.target.name}`}
        loading={tasks.isPending}
        {...(tasks.isError
          ? { error: <QueryError title={t('failed')} error={tasks.error} onRetry={() => void tasks.refetch()} /> }
          : {})}
        empty={<p className="bs-tertiary">{t('none')}</p>}
        labels={labels}
      />
    </Panel>
  );
}
