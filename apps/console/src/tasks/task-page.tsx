'use client';
import { errorText, type TaskDetail, type TaskStep } from '@basalt/contract';
import {
  Copyable,
  FactGrid,
  formatClock,
  formatDuration,
  formatPercent,
  LogLines,
  Note,
  PageHeader,
  Panel,
  PanelGrid,
  PanelStack,
  RelativeTime,
  Segments,
  SkeletonLines,
  StatePill,
  StepBar,
  Steps,
  Timeline,
  useNow,
  type StateTone,
} from '@basalt/ui';
import { useQuery } from '@tanstack/react-query';
import { useLocale, useTranslations } from 'next-intl';
import Link from 'next/link';
import { useMemo, useState } from 'react';
import { useTRPC } from '@/api/client.ts';
import { pickText } from '@/i18n/pick-text.ts';
import { taskName } from '@/i18n/task-name.ts';
import { pathOfObject, paths } from '@/paths.ts';
import { useConsole } from '@/session/session.tsx';
import { useDescribePage } from '@/shell/page-context.tsx';
import { QueryError } from '@/shell/query-error.tsx';
import { taskTones } from '@/shell/task-tone.ts';
import { TaskActions } from './task-actions.tsx';
import styles from './tasks.module.css';
import { leftOf, stepWeights, tookOf } from './task-times.ts';
import { useStepWords } from './use-step-words.ts';

export const stepTones: Record<TaskStep['state'], StateTone> = {
  pending: 'off',
  running: 'busy',
  done: 'ok',
  failed: 'err',
  undoing: 'busy',
  undone: 'off',
  undoFailed: 'err',
  skipped: 'off',
};

export function TaskPage({ id }: { id: string }) {
  const t = useTranslations('tasks');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const { region } = useConsole();
  const task = useQuery(
    trpc.task.get.queryOptions(
      { region: region.key, id },
      // Steps and log lines come closer together than events of the task.
      { refetchInterval: ({ state }) => (state.data && state.data.finishedAt !== null ? false : 1500) },
    ),
  );
  const title = task.data ? `${taskName(task.data.kind, locale)} ${task.data.target.name}` : '';
  useDescribePage(useMemo(() => ({ title }), [title]));
  return (
    <>
      {task.isError && <QueryError title={t('failedOne')} error={task.error} onRetry={() => void task.refetch()} />}
      {task.data && <TaskBody task={task.data} />}
      {task.isPending && (
        <PanelGrid>
          <SkeletonLines lines={6} label={c('loading')} />
        </PanelGrid>
      )}
    </>
  );
}

function TaskBody({ task }: { task: TaskDetail }) {
  const t = useTranslations('tasks');
  const s = useTranslations('shell.taskState');
  const c = useTranslations('common');
  const locale = useLocale();
  const { region } = useConsole();
  const now = useNow();
  const stepWords = useStepWords();
  const [scope, setScope] = useState<'step' | 'all'>('all');
  const path = pathOfObject(region.key, task.target.kind, task.target.id);
  const weights = stepWeights(task.steps, now);
  const left = leftOf(task, now);
  const took = tookOf(task, now);
  const present = task.steps.find(
    (step) => step.state === 'running' || step.state === 'undoing' || step.state === 'failed',
  );
  const lines = task.log.filter((line) => scope === 'all' || present === undefined || line.step === present.key);
  const running = task.finishedAt === null && task.state !== 'queued';
  const failed = task.error === null ? undefined : errorText(task.error.code, task.error.params, locale);

  return (
    <>
      <PageHeader
        title={`${taskName(task.kind, locale)} ${task.target.name}`}
        pill={
          <StatePill tone={taskTones[task.state]}>
            {running && task.state !== 'parked' ? `${s(task.state)} ${formatPercent(task.progress)}` : s(task.state)}
          </StatePill>
        }
        actions={<TaskActions task={task} />}
        facts={
          <>
            <Copyable text={task.id} label={c('copyValue', { value: task.id })} copiedLabel={c('copied')} />
            {path !== undefined && <Link href={path}>{task.target.name}</Link>}
            {task.parentId !== null && <Link href={paths.task(region.key, task.parentId)}>{t('parent')}</Link>}
            <span className="bs-secondary">
              {t.rich('begunBy', {
                name: task.actor.name,
                time: () => <RelativeTime at={task.createdAt} locale={locale} />,
              })}
            </span>
          </>
        }
        note={
          <>
            <div className={styles.progress}>
              <StepBar
                label={t('stepsBar', { share: formatPercent(task.progress) })}
                steps={task.steps.map((step, index) => ({
                  key: String(step.index),
                  tone: stepTones[step.state],
                  weight: weights[index] ?? 0,
                }))}
              />
              <span>
                {left !== undefined && <b>{t('left', { time: formatDuration(left, locale) })}</b>}
                {left === undefined && took !== undefined && t('took', { time: formatDuration(took, locale) })}
              </span>
            </div>
            {failed !== undefined && (
              <Note tone={task.state === 'parked' ? 'warn' : 'err'} title={t(`verdict.${verdictOf(task)}`)}>
                {failed}
              </Note>
            )}
          </>
        }
      />
      <PanelGrid columns={[3, 2]}>
        <PanelStack>
          <Panel flush title={t('steps')} hint={t('stepsHint')}>
            <Steps
              labels={{
                table: t('steps'),
                step: t('columns.step'),
                took: t('columns.took'),
                undo: t('columns.outcome'),
                start: t('columns.start'),
              }}
              steps={task.steps.map((step) => {
                const time = tookOf(step, now);
                const detail =
                  step.error === null
                    ? step.detail === null
                      ? undefined
                      : pickText(step.detail, locale)
                    : errorText(step.error.code, step.error.params, locale);
                return {
                  key: String(step.index),
                  tone: stepTones[step.state],
                  title: stepWords(step.key),
                  ...(detail === undefined ? {} : { detail }),
                  took: time === undefined ? undefined : formatDuration(time, locale),
                  undo: [
                    t(`stepState.${step.state}`),
                    ...(step.attempts > 1 ? [t('attempts', { count: step.attempts })] : []),
                  ].join(' · '),
                  startedAt: step.startedAt === null ? undefined : formatClock(new Date(step.startedAt), true),
                };
              })}
            />
          </Panel>
          {task.children.length > 0 && (
            <Panel title={t('children')} count={task.children.length}>
              <Timeline
                label={t('children')}
                items={task.children.map((child) => ({
                  key: child.id,
                  tone: taskTones[child.state],
                  title: <Link href={paths.task(region.key, child.id)}>{child.target.name}</Link>,
                  detail: child.error
                    ? errorText(child.error.code, child.error.params, locale)
                    : taskName(child.kind, locale),
                  time: child.finishedAt === null ? formatPercent(child.progress) : s(child.state),
                }))}
              />
            </Panel>
          )}
        </PanelStack>
        <PanelStack>
          <Panel
            title={t('log')}
            count={lines.length}
            extra={
              <Segments
                label={t('log')}
                value={scope}
                onChange={setScope}
                options={[
                  { key: 'step', label: t('logStep'), disabled: present === undefined },
                  { key: 'all', label: t('all') },
                ]}
              />
            }
          >
            <LogLines
              label={t('log')}
              empty={t('logEmpty')}
              lines={lines.map((line, index) => ({
                key: `${line.at}-${index}`,
                time: formatClock(new Date(line.at), true),
                source: line.step === null ? t('controller') : stepWords(line.step),
                text: pickText(line.text, locale),
              }))}
            />
          </Panel>
          <Panel title={t('facts')}>
            <FactGrid
              facts={[
                { key: 'kind', label: t('columns.name'), value: taskName(task.kind, locale) },
                { key: 'actor', label: t('columns.actor'), value: task.actor.name },
                { key: 'address', label: t('columns.address'), value: task.actor.address ?? undefined },
                {
                  key: 'created',
                  label: t('columns.createdAt'),
                  value: <RelativeTime at={task.createdAt} locale={locale} />,
                },
                {
                  key: 'finished',
                  label: t('columns.finishedAt'),
                  value: task.finishedAt === null ? undefined : <RelativeTime at={task.finishedAt} locale={locale} />,
                },
                {
                  key: 'took',
                  label: t('columns.took'),
                  value: took === undefined ? undefined : formatDuration(took, locale),
                },
              ]}
            />
          </Panel>
        </PanelStack>
      </PanelGrid>
    </>
  );
}

/** What is left after a failure: nothing, something, or a decision to be made. */
function verdictOf(task: TaskDetail): 'parked' | 'clean' | 'left' | 'failed' {
  if (task.state === 'parked') return 'parked';
  if (task.steps.some((step) => step.state === 'undoFailed')) return 'left';
  return task.steps.every((step) => step.state !== 'done') ? 'clean' : 'failed';
}
