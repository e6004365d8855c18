'use client';
import { errorText, type Task } from '@basalt/contract';
import { EmptyState, formatDuration, Panel, PanelGrid, RelativeTime, SkeletonLines, StateLabel } from '@basalt/ui';
import { useQuery } from '@tanstack/react-query';
import { useLocale, useTranslations } from 'next-intl';
import Link from 'next/link';
import { useTRPC } from '@/api/client.ts';
import { taskName } from '@/i18n/task-name.ts';
import { paths } from '@/paths.ts';
import { useRegion } from '@/session/session.tsx';
import { QueryError } from '@/shell/query-error.tsx';
import { taskTones } from '@/shell/task-tone.ts';
import { useVm } from './vm-context.tsx';
import styles from './vm-detail.module.css';

/** What was and is being done to the VM; each task leads to its steps. */
export function TasksTab() {
  const t = useTranslations('vm.tasks');
  const s = useTranslations('shell');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const region = useRegion();
  const { vm } = useVm();
  const tasks = useQuery(
    trpc.task.list.queryOptions(
      { region, limit: 50, filter: { targetId: vm.id } },
      { refetchInterval: ({ state }) => (state.data?.items.some((task) => task.finishedAt === null) ? 2000 : false) },
    ),
  );
  const took = (task: Task) =>
    task.startedAt !== null && task.finishedAt !== null
      ? formatDuration(Date.parse(task.finishedAt) - Date.parse(task.startedAt), locale)
      : '';
  return (
    <PanelGrid>
      <Panel title={t('title')} count={tasks.data?.total} flush>
        {tasks.isError && <QueryError title={t('failed')} error={tasks.error} onRetry={() => void tasks.refetch()} />}
        {tasks.isPending && <SkeletonLines lines={5} label={c('loading')} />}
        {tasks.data?.items.length === 0 && <EmptyState title={t('none')}>{t('noneWhy')}</EmptyState>}
        {tasks.data && tasks.data.items.length > 0 && (
          <table className={styles.table} aria-label={t('title')}>
            <thead>
              <tr>
                <th>{t('task')}</th>
                <th>{t('state')}</th>
                <th>{t('actor')}</th>
                <th>{t('created')}</th>
                <th className={styles.num}>{t('took')}</th>
                <th />
              </tr>
            </thead>
            <tbody>
              {tasks.data.items.map((task) => (
                <tr key={task.id}>
                  <td>{taskName(task.kind, locale)}</td>
                  <td>
                    <StateLabel
                      tone={taskTones[task.state]}
                      progress={task.finishedAt === null ? task.progress : undefined}
                      progressLabel={s('tray.progress', { name: taskName(task.kind, locale) })}
                      detail={task.error ? errorText(task.error.code, task.error.params, locale) : undefined}
                    >
                      {s(`taskState.${task.state}`)}
                    </StateLabel>
                  </td>
                  <td>{task.actor.name}</td>
                  <td>
                    <RelativeTime at={task.createdAt} locale={locale} />
                  </td>
                  <td className={styles.num}>{took(task)}</td>
                  <td>
                    <Link href={paths.task(region, task.id)}>{s('tray.steps')}</Link>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Panel>
    </PanelGrid>
  );
}
