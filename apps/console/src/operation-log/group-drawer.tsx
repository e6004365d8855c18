'use client';
import { procedures, type NotificationGroup } from '@basalt/contract';
import { ActionButton, Field, fieldHintId, FormDrawer, FormErrors, useToast } from '@basalt/ui';
import { useMutation } from '@tanstack/react-query';
import { Input } from 'antd';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import { useTRPC } from '@/api/client.ts';
import { readable, shapeOf } from '@/api/errors.ts';
import { fieldErrors } from '@/forms/field-errors.ts';
import { requestTokenMake } from '@/vms/request-token.ts';

interface GroupDrawerProps {
  subject: NotificationGroup | 'new';
  onClose: () => void;
  onDone: () => void;
}

/** Addresses as people paste them: by lines, commas, semicolons or spaces, each once. */
export const addressesOf = (text: string): string[] => [
  ...new Set(
    text
      .split(/[\s,;，；、]+/u)
      .map((part) => part.trim().toLowerCase())
      .filter((part) => part !== ''),
  ),
];

/** A notification group: a name and up to fifty addresses. */
export function GroupDrawer({ subject, onClose, onDone }: GroupDrawerProps) {
  const t = useTranslations('operationLog.groups');
  const c = useTranslations('common');
  const a = useTranslations('auth');
  const locale = useLocale();
  const trpc = useTRPC();
  const toast = useToast();
  const isNew = subject === 'new';
  const [name, setName] = useState(isNew ? '' : subject.name);
  const [text, setText] = useState(isNew ? '' : subject.emails.join('\n'));
  const [errors, setErrors] = useState<{ name?: string; emails?: string }>({});
  const [failed, setFailed] = useState<string | undefined>(undefined);
  const done = (group: NotificationGroup) => {
    toast({ tone: 'ok', title: t(isNew ? 'created' : 'changed', { name: group.name }) });
    onDone();
    onClose();
  };
  const onError = (error: unknown) => {
    const found = readable(error, locale, c('noAnswer'));
    const field = shapeOf(error)?.field?.split('.')[0];
    if (field === 'name' || field === 'emails') setErrors({ [field]: found.text });
    else setFailed(found.text);
  };
  const create = useMutation(trpc.notificationGroup.create.mutationOptions({ onSuccess: done, onError }));
  const update = useMutation(trpc.notificationGroup.update.mutationOptions({ onSuccess: done, onError }));
  const emails = addressesOf(text);
  const submit = () => {
    setFailed(undefined);
    const parsed = procedures.notificationGroup.create.input.safeParse({ name: name.trim(), emails });
    const found: typeof errors = {};
    if (!parsed.success)
      for (const [path, said] of Object.entries(fieldErrors(parsed.error, locale))) {
        const [field, index] = path.split('.');
        if (field === 'name') found.name ??= said;
        else found.emails ??= index === undefined ? said : t('wrongEmail', { email: emails[Number(index)] ?? '' });
      }
    if (emails.length === 0) found.emails = a('emailMissing');
    setErrors(found);
    if (!parsed.success) {
      document.getElementById(found.name === undefined ? 'group-emails' : 'group-name')?.focus();
      return;
    }
    const requestToken = requestTokenMake();
    if (isNew) create.mutate({ ...parsed.data, requestToken });
    else update.mutate({ ...parsed.data, id: subject.id, requestToken });
  };
  return (
    <FormDrawer
      open
      onClose={onClose}
      onSubmit={submit}
      title={isNew ? t('create') : t('editTitle', { name: subject.name })}
      subtitle={t('subtitle')}
      closeLabel={c('close')}
      errors={failed !== undefined && <FormErrors title={failed} errors={[{ id: 'group-name', label: t('name') }]} />}
      foot={
        <>
          <ActionButton kind="primary" htmlType="submit" busy={create.isPending || update.isPending}>
            {isNew ? t('create') : c('save')}
          </ActionButton>
          <ActionButton onClick={onClose}>{c('cancel')}</ActionButton>
        </>
      }
      footExtra={<span className="bs-tertiary">{t('count', { count: emails.length })}</span>}
    >
      <Field id="group-name" label={t('name')} required error={errors.name}>
        <Input
          id="group-name"
          aria-describedby={fieldHintId('group-name')}
          status={errors.name === undefined ? '' : 'error'}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </Field>
      <Field id="group-emails" label={t('emails')} required error={errors.emails} hint={t('emailsHint')}>
        <Input.TextArea
          id="group-emails"
          rows={6}
          spellCheck={false}
          aria-describedby={fieldHintId('group-emails')}
          status={errors.emails === undefined ? '' : 'error'}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </Field>
    </FormDrawer>
  );
}
