'use client';
import { errorText, type Task } from '@basalt/contract';
import { formatDuration, formatPercent, RelativeTime, Segments, TaskTray, type TrayTask } from '@basalt/ui';
import { useQuery } from '@tanstack/react-query';
import { useLocale, useTranslations } from 'next-intl';
import Link from 'next/link';
import { useState } from 'react';
import { useTRPC } from '@/api/client.ts';
import { taskName } from '@/i18n/task-name.ts';
import { pathOfObject, paths } from '@/paths.ts';
import { can, useConsole } from '@/session/session.tsx';
import { taskTones } from './task-tone.ts';

const isActive = (task: Task) => task.finishedAt === null;

/** The latest tasks, mine or all, at the bottom of every page; the event stream keeps them current. */
export function Tray({ open, onToggle }: { open: boolean; onToggle: () => void }) {
  const t = useTranslations('shell');
  const locale = useLocale();
  const trpc = useTRPC();
  const { region, session } = useConsole();
  const [scope, setScope] = useState<'mine' | 'all'>('mine');
  const tasks = useQuery(
    trpc.task.list.queryOptions(
      { region: region.key, limit: 20, filter: { mine: scope === 'mine' } },
      { enabled: can(session, 'task:read') },
    ),
  );
  const items = tasks.data?.items ?? [];
  const active = items.filter(isActive);

  const rows = items.map((task): TrayTask => {
    const name = taskName(task.kind, locale);
    const path = pathOfObject(region.key, task.target.kind, task.target.id);
    return {
      key: task.id,
      tone: taskTones[task.state],
      name,
      target: path === undefined ? task.target.name : <Link href={path}>{task.target.name}</Link>,
      progress: isActive(task)
        ? { value: task.progress, label: t('tray.progress', { name }), text: formatPercent(task.progress) }
        : undefined,
      detail: task.error ? errorText(task.error.code, task.error.params, locale) : t(`taskState.${task.state}`),
      time:
        task.finishedAt !== null && task.startedAt !== null ? (
          formatDuration(Date.parse(task.finishedAt) - Date.parse(task.startedAt), locale)
        ) : (
          <RelativeTime at={task.createdAt} locale={locale} />
        ),
      actions: <Link href={paths.task(region.key, task.id)}>{t('tray.steps')}</Link>,
    };
  });

  return (
    <TaskTray
      open={open}
      onToggle={onToggle}
      title={t('tray.title')}
      toggleLabel={t('tray.toggle')}
      filter={
        <Segments
          label={t('tray.filter')}
          value={scope}
          onChange={setScope}
          options={[
            { key: 'mine', label: t('tray.mine') },
            { key: 'all', label: t('tray.all') },
          ]}
        />
      }
      summary={tasks.isError ? t('tray.failed') : t('tray.running', { count: active.length })}
      tasks={rows}
      empty={tasks.isError ? t('tray.failed') : t('tray.empty')}
      extra={<Link href={paths.tasks(region.key)}>{t('tray.centre')}</Link>}
    />
  );
}
