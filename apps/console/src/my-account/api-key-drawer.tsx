'use client';
import { procedures, type ApiKey, type Permission } from '@basalt/contract';
import { ActionButton, Field, fieldHintId, FormDrawer, FormErrors, Segments, useToast } from '@basalt/ui';
import { useMutation } from '@tanstack/react-query';
import { Input } from 'antd';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import { useTRPC } from '@/api/client.ts';
import { readable, shapeOf } from '@/api/errors.ts';
import { fieldErrors } from '@/forms/field-errors.ts';
import { requestTokenMake } from '@/vms/request-token.ts';
import type { NewKey } from './api-key-secret.tsx';
import { PermissionPicker } from './permission-picker.tsx';

interface ApiKeyDrawerProps {
  subject: ApiKey | 'new';
  onClose: () => void;
  onMade: (made: NewKey) => void;
  onChanged: () => void;
}

/** A new key, or another name or narrowing of one. */
export function ApiKeyDrawer({ subject, onClose, onMade, onChanged }: ApiKeyDrawerProps) {
  const t = useTranslations('myAccount.keys');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const toast = useToast();
  const isNew = subject === 'new';
  const [name, setName] = useState(isNew ? '' : subject.name);
  const [chosen, setChosen] = useState<readonly Permission[]>(isNew ? [] : (subject.permissions ?? []));
  const [narrowed, setNarrowed] = useState(!isNew && subject.permissions !== null);
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const [failed, setFailed] = useState<string | undefined>(undefined);
  const onError = (error: unknown) => {
    const found = readable(error, locale, c('noAnswer'));
    const field = shapeOf(error)?.field?.split('.')[0];
    if (field === 'name' || field === 'permissions') setErrors({ [field]: found.text });
    else setFailed(found.text);
  };
  const create = useMutation(
    trpc.myAccount.createApiKey.mutationOptions({
      onSuccess: ({ key, privateKey }) => {
        onMade({ name: key.name, publicKey: key.publicKey, privateKey });
        onClose();
      },
      onError,
    }),
  );
  const update = useMutation(
    trpc.myAccount.updateApiKey.mutationOptions({
      onSuccess: (key) => {
        toast({ tone: 'ok', title: t('changed', { name: key.name }) });
        onChanged();
        onClose();
      },
      onError,
    }),
  );
  const submit = () => {
    setFailed(undefined);
    const values = { name: name.trim(), permissions: narrowed ? [...chosen] : null };
    const parsed = procedures.myAccount.createApiKey.input.safeParse(values);
    const found = parsed.success ? {} : fieldErrors(parsed.error, locale);
    const said: Record<string, string> = {};
    if (found['name'] !== undefined) said['name'] = found['name'];
    if (narrowed && chosen.length === 0) said['permissions'] = t('choose');
    setErrors(said);
    if (!parsed.success || Object.keys(said).length > 0) {
      document.getElementById(said['name'] === undefined ? 'key-permissions' : 'key-name')?.focus();
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
      title={isNew ? t('createTitle') : t('editTitle', { name: subject.name })}
      subtitle={t('createWhy')}
      closeLabel={c('close')}
      errors={failed !== undefined && <FormErrors title={failed} errors={[{ id: 'key-name', label: t('name') }]} />}
      foot={
        <>
          <ActionButton kind="primary" htmlType="submit" busy={create.isPending || update.isPending}>
            {isNew ? t('create') : c('save')}
          </ActionButton>
          <ActionButton onClick={onClose}>{c('cancel')}</ActionButton>
        </>
      }
    >
      <Field id="key-name" label={t('name')} required error={errors['name']} hint={t('nameHint')}>
        <Input
          id="key-name"
          aria-describedby={fieldHintId('key-name')}
          status={errors['name'] === undefined ? '' : 'error'}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </Field>
      <Field id="key-narrow" label={t('permissions')} hint={narrowed ? t('narrowHint') : t('allHint')}>
        <div>
          <Segments
            label={t('permissions')}
            value={narrowed ? 'some' : 'all'}
            options={[
              { key: 'all', label: t('allPermissions') },
              { key: 'some', label: t('narrow') },
            ]}
            onChange={(value) => setNarrowed(value === 'some')}
          />
        </div>
      </Field>
      {narrowed && (
        <Field id="key-permissions" label={t('chosen', { count: chosen.length })} error={errors['permissions']}>
          <PermissionPicker
            id="key-permissions"
            describedBy={fieldHintId('key-permissions')}
            value={chosen}
            onChange={setChosen}
          />
        </Field>
      )}
    </FormDrawer>
  );
}
