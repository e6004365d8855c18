'use client';
import { procedures } from '@basalt/contract';
import {
  ActionButton,
  Field,
  FieldGrid,
  fieldHintId,
  FoldedSection,
  FormDrawer,
  FormErrors,
  Segments,
  useToast,
} from '@basalt/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Input, Select } from 'antd';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import { useCall } from '@/actions/use-call.ts';
import { useTRPC } from '@/api/client.ts';
import { usePasswordRules } from '@/auth/new-password-fields.tsx';
import { passwordMeets } from '@/auth/password-rules.ts';
import { fieldErrors } from '@/forms/field-errors.ts';
import { useConsole } from '@/session/session.tsx';
import { requestTokenMake } from '@/vms/request-token.ts';
import {
  accountFieldOf,
  accountFields,
  accountInputOf,
  emptyAccount,
  emptyChoices,
  type AccountValues,
} from './account-form.ts';
import { BindingEditor } from './binding-editor.tsx';
import { GroupPicker } from './group-picker.tsx';
import { LimitsFields } from './limits-fields.tsx';
import { limitsAreOpen, limitsInputOf } from './limits-form.ts';
import { PasswordChoice } from './password-choice.tsx';
import type { ShownSecret } from './secret-dialog.tsx';
import { useAccountErrors } from './use-account-errors.ts';

const id = (key: string) => `account-${key}`;

/** A new account: who it is, what it may do, and how it signs in first. */
export function AccountDrawer(props: { open: boolean; onClose: () => void; onSecret: (secret: ShownSecret) => void }) {
  const { open, onClose, onSecret } = props;
  const t = useTranslations('accounts');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const client = useQueryClient();
  const toast = useToast();
  const call = useCall();
  const rules = usePasswordRules();
  const { session, region, regions } = useConsole();
  const [values, setValues] = useState<AccountValues>(() => emptyAccount([region.key]));
  const form = useAccountErrors(accountFields);
  const { errors } = form;
  const set = (change: Partial<AccountValues>) => {
    setValues({ ...values, ...change });
    form.touch('limits' in change ? ['sources', 'hours', 'timeZone'] : Object.keys(change));
  };
  const close = () => {
    onClose();
    setValues(emptyAccount([region.key]));
    form.clear();
  };
  const create = useMutation(
    trpc.account.create.mutationOptions({
      onSuccess: ({ account, password }) => {
        void client.invalidateQueries({ queryKey: trpc.account.pathKey() });
        toast({ tone: 'ok', title: t('create.done', { email: account.email }) });
        close();
        if (password !== null) onSecret({ email: account.email, password });
      },
      onError: form.refuse,
    }),
  );
  const submit = () => {
    const parsed = procedures.account.create.input.safeParse({
      ...accountInputOf(values),
      requestToken: requestTokenMake(),
    });
    const found: Record<string, string> = {};
    if (!parsed.success)
      for (const [path, text] of Object.entries(fieldErrors(parsed.error, locale)))
        found[accountFieldOf(path)] ??= text;
    for (const [field, what] of Object.entries(emptyChoices(values)))
      found[field] = t(`problems.${field as 'bindings'}.${what}`);
    if (values.password.how === 'given' && rules && !passwordMeets(values.password.password, rules))
      found['password'] = t('problems.password');
    form.set(found);
    if (parsed.success && Object.keys(found).length === 0) create.mutate(parsed.data);
    else document.getElementById(id(accountFields.find((key) => key in found) ?? 'email'))?.focus();
  };
  const control = (key: string) => ({
    id: id(key),
    'aria-describedby': fieldHintId(id(key)),
    status: errors[key] === undefined ? ('' as const) : ('error' as const),
  });
  const open247 = limitsAreOpen(limitsInputOf(values.limits));

  return (
    <FormDrawer
      open={open}
      onClose={close}
      onSubmit={submit}
      title={call.label('account.create')}
      subtitle={t('create.subtitle')}
      closeLabel={c('close')}
      errors={
        <>
          <FormErrors
            title={c('fixFields')}
            errors={accountFields
              .filter((key) => key in errors)
              .map((key) => ({ id: id(key), label: t(`fields.${key}`) }))}
          />
          {form.failed !== undefined && (
            <FormErrors title={form.failed} errors={[{ id: id('email'), label: t('fields.email') }]} />
          )}
        </>
      }
      foot={
        <>
          <ActionButton kind="primary" htmlType="submit" busy={create.isPending}>
            {call.label('account.create')}
          </ActionButton>
          <ActionButton onClick={close}>{c('cancel')}</ActionButton>
        </>
      }
    >
      <FieldGrid>
        <Field id={id('email')} label={t('fields.email')} required error={errors['email']} hint={t('hints.email')}>
          <Input
            {...control('email')}
            type="email"
            autoComplete="off"
            spellCheck={false}
            value={values.email}
            onChange={(event) => set({ email: event.target.value })}
          />
        </Field>
        <Field id={id('name')} label={t('fields.name')} required error={errors['name']}>
          <Input
            {...control('name')}
            autoComplete="off"
            value={values.name}
            onChange={(event) => set({ name: event.target.value })}
          />
        </Field>
      </FieldGrid>
      <Field id={id('level')} label={t('fields.level')} error={errors['level']} hint={t(`levelHint.${values.level}`)}>
        <Segments
          label={t('fields.level')}
          value={values.level}
          onChange={(level) => set({ level })}
          options={[
            { key: 'region', label: t('level.region') },
            { key: 'system', label: t('level.system'), disabled: session.account.level !== 'system' },
          ]}
        />
      </Field>
      {values.level === 'region' && (
        <Field id={id('regions')} label={t('fields.regions')} required error={errors['regions']}>
          <Select
            {...control('regions')}
            mode="multiple"
            placeholder={t('hints.regions')}
            showSearch={{ optionFilterProp: 'label' }}
            value={values.regions}
            onChange={(next: string[]) => set({ regions: next })}
            options={regions.map((item) => ({ value: item.key as string, label: item.name }))}
          />
        </Field>
      )}
      <Field
        id={id('bindings')}
        label={t('fields.bindings')}
        required
        error={errors['bindings']}
        hint={t('hints.bindings')}
      >
        <BindingEditor
          id={id('bindings')}
          values={values.bindings}
          level={values.level}
          describedBy={fieldHintId(id('bindings'))}
          failed={errors['bindings'] !== undefined}
          onChange={(bindings) => set({ bindings })}
        />
      </Field>
      <Field id={id('groups')} label={t('fields.groups')} error={errors['groups']} hint={t('hints.groups')}>
        <GroupPicker
          id={id('groups')}
          values={values.groups}
          placeholder={t('hints.groupsNone')}
          onChange={(groups) => set({ groups })}
        />
      </Field>
      <PasswordChoice
        id={id('password')}
        values={values.password}
        error={errors['password']}
        asksChange
        onChange={(password) => set({ password })}
      />
      <FoldedSection
        id="account-more"
        title={c('moreOptions')}
        summary={open247 ? t('limits.open') : t('limits.narrowed')}
      >
        <LimitsFields
          values={values.limits}
          errors={errors}
          onChange={(change) => set({ limits: { ...values.limits, ...change } })}
        />
        <Field id={id('note')} label={t('fields.note')} error={errors['note']}>
          <Input.TextArea
            {...control('note')}
            rows={2}
            value={values.note}
            onChange={(event) => set({ note: event.target.value })}
          />
        </Field>
      </FoldedSection>
    </FormDrawer>
  );
}
