'use client';
/** The lines of the task tray: uploads of this tab first, then tasks, those of one request folded. */
import { errorText, type Task } from '@basalt/contract';
import { ActionButton, formatDuration, formatPercent, RelativeTime, type StateTone, type TrayTask } from '@basalt/ui';
import { useLocale, useTranslations } from 'next-intl';
import Link from 'next/link';
import { taskName } from '@/i18n/task-name.ts';
import { useUploadWords } from '@/images/image-upload-state.tsx';
import { uploads, type UploadState } from '@/images/upload-manager.ts';
import { useUploads } from '@/images/use-uploads.ts';
import { pathOfObject, paths } from '@/paths.ts';
import { useStepWords } from '@/tasks/use-step-words.ts';
import { taskTones } from './task-tone.ts';
import { groupState, groupTasks } from './tray-groups.ts';

const uploadTones: Record<UploadState, StateTone> = {
  sending: 'busy',
  waiting: 'warn',
  paused: 'off',
  failed: 'err',
  done: 'ok',
};

export const isActive = (task: Task): boolean => task.finishedAt === null;

export function useTrayRows(region: string, tasks: readonly Task[]): TrayTask[] {
  const t = useTranslations('shell');
  const u = useTranslations('images.upload');
  const locale = useLocale();
  const stepWords = useStepWords();
  const uploadWords = useUploadWords();
  const running = useUploads().filter((upload) => upload.region === region && upload.state !== 'done');

  const uploadRows = running.map((upload): TrayTask => {
    const share = upload.size === 0 ? 0 : upload.received / upload.size;
    const sends = upload.state === 'sending' || upload.state === 'waiting';
    return {
      key: `upload-${upload.id}`,
      tone: uploadTones[upload.state],
      name: t('tray.uploadOf'),
      target: <Link href={paths.image(region, upload.id)}>{upload.name}</Link>,
      progress: { value: share, label: t('tray.progress', { name: upload.name }), text: formatPercent(share) },
      detail:
        upload.state === 'failed' && upload.error
          ? errorText(upload.error.code, upload.error.params, locale)
          : uploadWords(upload),
      actions: (
        <ActionButton
          kind="link"
          size="small"
          onClick={() => (sends ? uploads.pause(upload.id) : uploads.resume(upload.id))}
        >
          {sends ? u('pause') : u('resume')}
        </ActionButton>
      ),
    };
  });

  const one = (task: Task): TrayTask => {
    const name = taskName(task.kind, locale);
    const path = pathOfObject(region, task.target.kind, task.target.id);
    return {
      key: task.id,
      tone: taskTones[task.state],
      name,
      target: path === undefined ? task.target.name : <Link href={path}>{task.target.name}</Link>,
      progress: isActive(task)
        ? { value: task.progress, label: t('tray.progress', { name }), text: formatPercent(task.progress) }
        : undefined,
      detail: task.error
        ? errorText(task.error.code, task.error.params, locale)
        : isActive(task) && task.currentStep !== null
          ? stepWords(task.currentStep)
          : t(`taskState.${task.state}`),
      time:
        task.finishedAt !== null && task.startedAt !== null ? (
          formatDuration(Date.parse(task.finishedAt) - Date.parse(task.startedAt), locale)
        ) : (
          <RelativeTime at={task.createdAt} locale={locale} />
        ),
      actions: <Link href={paths.task(region, task.id)}>{t('tray.steps')}</Link>,
    };
  };

  const folded = groupTasks(tasks).map(({ key, tasks: members }): TrayTask => {
    const [first] = members;
    if (members.length === 1) return one(first);
    const state = groupState(members);
    const name = taskName(first.kind, locale);
    const failedFilter = state.failed > 0 ? '&f.state=failed&f.state=parked' : '';
    return {
      key,
      tone: state.active > 0 ? 'busy' : state.failed > 0 ? 'err' : 'ok',
      name: t('tray.group', { name, count: members.length }),
      progress:
        state.active > 0
          ? { value: state.progress, label: t('tray.progress', { name }), text: `${state.done} / ${members.length}` }
          : undefined,
      detail:
        state.failed > 0
          ? t('tray.groupFailed', { done: state.done, failed: state.failed })
          : t('tray.groupDone', { done: state.done }),
      time: <RelativeTime at={first.createdAt} locale={locale} />,
      actions: <Link href={`${paths.tasks(region)}?f.kind=${first.kind}${failedFilter}`}>{t('tray.steps')}</Link>,
    };
  });
  return [...uploadRows, ...folded];
}
