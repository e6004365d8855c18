'use client';
import type { Task } from '@basalt/contract';
import { ActionButton, ConfirmDialog, iconProps, useToast } from '@basalt/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { CircleX, RotateCcw } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import { useTRPC } from '@/api/client.ts';
import { readable } from '@/api/errors.ts';
import { taskName } from '@/i18n/task-name.ts';
import { useConsole, usePermissionReason } from '@/session/session.tsx';

const finished = (task: Task) => task.finishedAt !== null;

/** Why a task cannot be cancelled or tried again now; undefined when it can. */
export function useTaskReasons(): (task: Task) => { cancel: string | undefined; retry: string | undefined } {
  const t = useTranslations('tasks');
  const permissionReason = usePermissionReason();
  return (task) => ({
    cancel:
      permissionReason('task:cancel') ??
      (task.cancellable ? undefined : finished(task) ? t('cancel.finished') : t('cancel.notNow')),
    retry: permissionReason('task:retry') ?? (task.retryable ? undefined : t('retry.notNow')),
  });
}

function useTaskMutations() {
  const trpc = useTRPC();
  const client = useQueryClient();
  const after = () => void client.invalidateQueries({ queryKey: trpc.task.pathKey() });
  return {
    cancel: useMutation(trpc.task.cancel.mutationOptions({ onSuccess: after })),
    retry: useMutation(trpc.task.retry.mutationOptions({ onSuccess: after })),
  };
}

/** Cancel and retry of the page of a task. */
export function TaskActions({ task }: { task: Task }) {
  const t = useTranslations('tasks');
  const c = useTranslations('common');
  const locale = useLocale();
  const { region } = useConsole();
  const reasons = useTaskReasons()(task);
  const { cancel, retry } = useTaskMutations();
  const [asking, setAsking] = useState(false);
  const toast = useToast();
  return (
    <>
      <ActionButton
        icon={<RotateCcw {...iconProps()} />}
        reason={reasons.retry}
        busy={retry.isPending}
        onClick={() =>
          retry.mutate(
            { region: region.key, id: task.id },
            {
              onError: (error) =>
                toast({
                  tone: 'err',
                  title: t('retry.failed'),
                  description: readable(error, locale, c('noAnswer')).text,
                }),
            },
          )
        }
      >
        {t('retry.action')}
      </ActionButton>
      <ActionButton danger icon={<CircleX {...iconProps()} />} reason={reasons.cancel} onClick={() => setAsking(true)}>
        {t('cancel.action')}
      </ActionButton>
      <ConfirmDialog
        open={asking}
        danger
        title={t('cancel.title', { name: taskName(task.kind, locale), target: task.target.name })}
        facts={[{ key: 'undo', tone: 'warn', text: t('cancel.undo') }]}
        confirmLabel={t('cancel.action')}
        cancelLabel={c('back')}
        closeLabel={c('close')}
        busy={cancel.isPending}
        error={cancel.isError ? readable(cancel.error, locale, c('noAnswer')).text : undefined}
        onCancel={() => setAsking(false)}
        onConfirm={() => cancel.mutate({ region: region.key, id: task.id }, { onSuccess: () => setAsking(false) })}
      />
    </>
  );
}

/** Retry of one row, where it is possible. */
export function TaskRowActions({ task }: { task: Task }) {
  const t = useTranslations('tasks');
  const { region } = useConsole();
  const reasons = useTaskReasons()(task);
  const { retry } = useTaskMutations();
  if (!task.retryable) return null;
  return (
    <ActionButton
      size="small"
      kind="link"
      reason={reasons.retry}
      busy={retry.isPending}
      onClick={() => retry.mutate({ region: region.key, id: task.id })}
    >
      {t('retry.action')}
    </ActionButton>
  );
}
