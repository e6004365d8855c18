'use client';
import type { AccountGroup } from '@basalt/contract';
import { ConfirmDialog, useToast, type PreflightFact } from '@basalt/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useLocale, useTranslations } from 'next-intl';
import { useCall } from '@/actions/use-call.ts';
import { useTRPC } from '@/api/client.ts';
import { readable } from '@/api/errors.ts';
import { useRoleName } from '@/roles/role-words.ts';
import { requestTokenMake } from '@/vms/request-token.ts';

const few = 6;

/** Who loses what when the group goes. */
export function GroupDeleteDialog(props: { group: AccountGroup; onClose: () => void; onDeleted: () => void }) {
  const { group, onClose, onDeleted } = props;
  const t = useTranslations('accountGroups.delete');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const client = useQueryClient();
  const toast = useToast();
  const call = useCall();
  const nameOf = useRoleName();
  const join = (words: readonly string[]) => words.join(locale === 'zh-CN' ? '、' : ', ');
  const remove = useMutation(
    trpc.accountGroup.delete.mutationOptions({
      onSuccess: () => {
        toast({ tone: 'ok', title: t('done', { name: group.name }) });
        onDeleted();
        void client.invalidateQueries({ queryKey: trpc.accountGroup.pathKey() });
        void client.invalidateQueries({ queryKey: trpc.account.pathKey() });
      },
    }),
  );
  const facts: PreflightFact[] =
    group.members.length === 0
      ? [{ key: 'nobody', tone: 'ok', text: t('nobody') }]
      : [
          {
            key: 'members',
            tone: 'warn',
            text: t('members', { count: group.members.length }),
            detail: join([
              ...group.members.slice(0, few).map((member) => member.name),
              ...(group.members.length > few ? [t('others', { count: group.members.length - few })] : []),
            ]),
          },
          ...group.bindings.map((binding): PreflightFact => ({
            key: binding.id,
            tone: 'warn',
            text: t('losesRole', { name: nameOf(binding.role, binding.roleName) }),
            detail: t('unlessOtherwise'),
          })),
        ];
  return (
    <ConfirmDialog
      open
      danger
      title={t('title', { name: group.name })}
      facts={[...facts, { key: 'accounts', tone: 'ok', text: t('accountsStay') }]}
      foot={t('foot')}
      confirmLabel={call.label('accountGroup.delete')}
      cancelLabel={c('cancel')}
      closeLabel={c('close')}
      busy={remove.isPending}
      error={remove.isError ? readable(remove.error, locale, c('noAnswer')).text : undefined}
      onCancel={onClose}
      onConfirm={() => remove.mutate({ id: group.id, requestToken: requestTokenMake() })}
    />
  );
}
