'use client';
import { procedures, type Role } from '@basalt/contract';
import { ConfirmDialog, Field, fieldHintId, useToast } from '@basalt/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Input } from 'antd';
import { useLocale, useTranslations } from 'next-intl';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useCall } from '@/actions/use-call.ts';
import { useTRPC } from '@/api/client.ts';
import { readable } from '@/api/errors.ts';
import { fieldErrors } from '@/forms/field-errors.ts';
import { paths } from '@/paths.ts';
import { useConsole } from '@/session/session.tsx';
import { requestTokenMake } from '@/vms/request-token.ts';
import { useRoleName } from './role-words.ts';

/** A copy under another name, opened at once to be changed. */
export function CloneDialog({ role, open, onClose }: { role: Role; open: boolean; onClose: () => void }) {
  const t = useTranslations('roles');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const client = useQueryClient();
  const router = useRouter();
  const toast = useToast();
  const call = useCall();
  const { region } = useConsole();
  const original = useRoleName()(role.id, role.name);
  const [name, setName] = useState<string | undefined>();
  const [error, setError] = useState<string | undefined>();
  const typed = name ?? t('clone.suggested', { name: original });
  const clone = useMutation(
    trpc.role.clone.mutationOptions({
      onSuccess: (made) => {
        void client.invalidateQueries({ queryKey: trpc.role.pathKey() });
        toast({ tone: 'ok', title: t('done.created', { name: made.name }) });
        onClose();
        router.push(paths.role(region.key, made.id));
      },
      onError: (cause) => setError(readable(cause, locale, c('noAnswer')).text),
    }),
  );
  const submit = () => {
    const parsed = procedures.role.clone.input.safeParse({
      id: role.id,
      name: typed.trim(),
      requestToken: requestTokenMake(),
    });
    if (parsed.success) clone.mutate(parsed.data);
    else setError(fieldErrors(parsed.error, locale)['name']);
  };
  return (
    <ConfirmDialog
      open={open}
      title={t('clone.title', { name: original })}
      subtitle={t('clone.what')}
      facts={undefined}
      confirmLabel={call.label('role.clone')}
      cancelLabel={c('cancel')}
      closeLabel={c('close')}
      busy={clone.isPending}
      onCancel={onClose}
      onConfirm={submit}
    >
      <Field id="role-clone-name" label={t('fields.name')} required error={error}>
        <Input
          id="role-clone-name"
          aria-describedby={fieldHintId('role-clone-name')}
          status={error === undefined ? '' : 'error'}
          value={typed}
          onChange={(event) => {
            setName(event.target.value);
            setError(undefined);
          }}
          onPressEnter={submit}
        />
      </Field>
    </ConfirmDialog>
  );
}
