'use client';
import type { Host } from '@basalt/contract';
import { ConfirmDialog, useToast } from '@basalt/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useLocale, useTranslations } from 'next-intl';
import Link from 'next/link';
import { hostActions, objectActionLabel } from '@/actions/registry.ts';
import { useTRPC } from '@/api/client.ts';
import { readable } from '@/api/errors.ts';
import { paths } from '@/paths.ts';
import { useConsole } from '@/session/session.tsx';

export type HostActionKey = keyof typeof hostActions;

/** Says what locking, unlocking or removing a host touches, and does it. */
export function HostActionDialog({
  host,
  action,
  onClose,
}: {
  host: Host;
  action: HostActionKey | null;
  onClose: () => void;
}) {
  const t = useTranslations('hosts');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const client = useQueryClient();
  const toast = useToast();
  const { region } = useConsole();
  const after = () => {
    void client.invalidateQueries({ queryKey: trpc.host.pathKey() });
    onClose();
  };
  const lock = useMutation(trpc.host.lock.mutationOptions({ onSuccess: after }));
  const unlock = useMutation(trpc.host.unlock.mutationOptions({ onSuccess: after }));
  const remove = useMutation(
    trpc.host.remove.mutationOptions({
      onSuccess: ({ taskId }) => {
        after();
        toast({
          tone: 'busy',
          title: t('remove.begun', { name: host.name }),
          action: <Link href={paths.task(region.key, taskId)}>{c('toTask')}</Link>,
        });
      },
    }),
  );
  const acting = { lock, unlock, remove }[action ?? 'lock'];
  const facts = {
    lock: [
      { key: 'new', tone: 'warn' as const, text: t('lock.noNew') },
      { key: 'vms', tone: 'ok' as const, text: t('lock.stay', { count: host.vms }) },
    ],
    unlock: [{ key: 'new', tone: 'ok' as const, text: t('lock.takes') }],
    remove: [
      { key: 'vms', tone: 'ok' as const, text: t('remove.empty') },
      { key: 'certificate', tone: 'warn' as const, text: t('remove.certificate') },
    ],
  }[action ?? 'lock'];
  return (
    <ConfirmDialog
      open={action !== null}
      danger={action === 'remove'}
      title={t(`${action === 'remove' ? 'remove' : 'lock'}.title`, {
        name: host.name,
        action: objectActionLabel(hostActions[action ?? 'lock'], locale),
      })}
      facts={facts}
      foot={action === 'remove' ? undefined : t('lock.undo')}
      {...(action === 'remove'
        ? { typedName: { name: host.name, prompt: t('remove.type', { name: host.name }) } }
        : {})}
      confirmLabel={objectActionLabel(hostActions[action ?? 'lock'], locale)}
      cancelLabel={c('cancel')}
      closeLabel={c('close')}
      busy={acting.isPending}
      error={acting.isError ? readable(acting.error, locale, c('noAnswer')).text : undefined}
      onCancel={() => {
        acting.reset();
        onClose();
      }}
      onConfirm={() => acting.mutate({ region: region.key, id: host.id })}
    />
  );
}
