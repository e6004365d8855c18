'use client';
import { procedures, type Role } from '@basalt/contract';
import { ConfirmDialog, useToast } from '@basalt/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useLocale, useTranslations } from 'next-intl';
import { useCall } from '@/actions/use-call.ts';
import { useTRPC } from '@/api/client.ts';
import { readable } from '@/api/errors.ts';
import { requestTokenMake } from '@/vms/request-token.ts';

/** Why a role cannot be deleted: permission, built in, or held by somebody. */
export function useRoleDeleteReason(): (role: Role) => string | undefined {
  const t = useTranslations('roles');
  const call = useCall();
  return (role) =>
    call.reason('role.delete') ??
    (role.builtIn
      ? t('builtInFixed')
      : role.accounts + role.groups > 0
        ? t('delete.bound', { accounts: role.accounts, groups: role.groups })
        : undefined);
}

export function RoleDeleteDialog(props: { role: Role; open: boolean; onClose: () => void; onDeleted: () => void }) {
  const { role, open, onClose, onDeleted } = props;
  const t = useTranslations('roles.delete');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const client = useQueryClient();
  const toast = useToast();
  const call = useCall();
  const remove = useMutation(
    trpc.role.delete.mutationOptions({
      onSuccess: () => {
        onClose();
        toast({ tone: 'ok', title: t('done', { name: role.name }) });
        onDeleted();
        void client.invalidateQueries({ queryKey: trpc.role.pathKey() });
      },
    }),
  );
  return (
    <ConfirmDialog
      open={open}
      danger
      title={t('title', { name: role.name })}
      facts={[
        { key: 'unbound', tone: 'ok', text: t('unbound') },
        { key: 'final', tone: 'warn', text: t('final') },
      ]}
      confirmLabel={call.label('role.delete')}
      cancelLabel={c('cancel')}
      closeLabel={c('close')}
      busy={remove.isPending}
      error={remove.isError ? readable(remove.error, locale, c('noAnswer')).text : undefined}
      onCancel={onClose}
      onConfirm={() => {
        const parsed = procedures.role.delete.input.safeParse({ id: role.id, requestToken: requestTokenMake() });
        if (parsed.success) remove.mutate(parsed.data);
      }}
    />
  );
}
