'use client';
import { procedures, type Account } from '@basalt/contract';
import { ActionButton, Field, fieldHintId, FormDrawer, FormErrors, Note, Segments, useToast } from '@basalt/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Input, Select } from 'antd';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import type { z } from 'zod';
import { useCall } from '@/actions/use-call.ts';
import { useTRPC } from '@/api/client.ts';
import { fieldErrors } from '@/forms/field-errors.ts';
import { useConsole } from '@/session/session.tsx';
import { requestTokenMake } from '@/vms/request-token.ts';
import { accountFieldOf, emptyChoices, type AccountValues } from './account-form.ts';
import { BindingEditor } from './binding-editor.tsx';
import { bindingInputOf, bindingValuesOf } from './binding-form.ts';
import { LimitsFields } from './limits-fields.tsx';
import { limitsInputOf, limitsValuesOf } from './limits-form.ts';
import { useAccountErrors } from './use-account-errors.ts';

const fieldsOf = {
  'account.update': ['email', 'name', 'note'],
  'account.bindRoles': ['level', 'bindings'],
  'account.grantRegions': ['regions'],
  'account.setSourceLimits': ['sources', 'hours', 'timeZone'],
} as const;
export type AccountChange = keyof typeof fieldsOf;

const id = (key: string) => `account-${key}`;

/** Changes one side of an account: its facts, its roles, its regions, or its limits. */
export function ChangeDrawer({
  account,
  change,
  onClose,
}: {
  account: Account;
  change: AccountChange;
  onClose: () => void;
}) {
  const t = useTranslations('accounts');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const client = useQueryClient();
  const toast = useToast();
  const call = useCall();
  const { session, regions } = useConsole();
  const fields = fieldsOf[change];
  const form = useAccountErrors(fields);
  const { errors } = form;
  const [values, setValues] = useState<Omit<AccountValues, 'groups' | 'password'>>({
    email: account.email,
    name: account.name,
    note: account.note,
    level: account.level,
    regions: account.regions,
    bindings: bindingValuesOf(account.bindings),
    limits: limitsValuesOf(account.limits),
  });
  const set = (next: Partial<typeof values>) => {
    setValues({ ...values, ...next });
    form.touch('limits' in next ? ['sources', 'hours', 'timeZone'] : Object.keys(next));
  };
  const options = {
    onSuccess: (changed: Account) => {
      client.setQueryData(trpc.account.get.queryKey({ id: changed.id }), changed);
      void client.invalidateQueries({ queryKey: trpc.account.pathKey() });
      toast({ tone: 'ok', title: t('saved', { name: changed.name }) });
      onClose();
    },
    onError: form.refuse,
  };
  const update = useMutation(trpc.account.update.mutationOptions(options));
  const bindRoles = useMutation(trpc.account.bindRoles.mutationOptions(options));
  const grantRegions = useMutation(trpc.account.grantRegions.mutationOptions(options));
  const setLimits = useMutation(trpc.account.setSourceLimits.mutationOptions(options));
  const busy = update.isPending || bindRoles.isPending || grantRegions.isPending || setLimits.isPending;

  /** Sends what the schema takes; else shows its findings, and what would give nothing. */
  const send = <S extends z.ZodType>(
    schema: S,
    input: unknown,
    go: (data: z.output<S>) => void,
    more: Record<string, string> = {},
  ) => {
    const parsed = schema.safeParse(input);
    const found: Record<string, string> = {};
    if (!parsed.success)
      for (const [path, text] of Object.entries(fieldErrors(parsed.error, locale)))
        found[accountFieldOf(path)] ??= text;
    Object.assign(found, more);
    form.set(found);
    if (parsed.success && Object.keys(found).length === 0) go(parsed.data);
    else document.getElementById(id(fields.find((key) => key in found) ?? fields[0]))?.focus();
  };
  const submit = () => {
    const base = { id: account.id, requestToken: requestTokenMake() };
    const { account: declared } = procedures;
    switch (change) {
      case 'account.update':
        return send(
          declared.update.input,
          { ...base, email: values.email.trim(), name: values.name.trim(), note: values.note },
          (data) => update.mutate(data),
        );
      case 'account.bindRoles': {
        const empty = emptyChoices({ ...values, groups: [] }).bindings;
        // Roles of a group are enough to live on.
        const alone = account.groups.length === 0;
        return send(
          declared.bindRoles.input,
          { ...base, level: values.level, bindings: bindingInputOf(values.bindings) },
          (data) => bindRoles.mutate(data),
          empty === 'emptyScope' || (empty === 'none' && alone) ? { bindings: t(`problems.bindings.${empty}`) } : {},
        );
      }
      case 'account.grantRegions':
        return send(declared.grantRegions.input, { ...base, regions: values.regions }, (data) =>
          grantRegions.mutate(data),
        );
      case 'account.setSourceLimits':
        return send(declared.setSourceLimits.input, { ...base, limits: limitsInputOf(values.limits) }, (data) =>
          setLimits.mutate(data),
        );
    }
  };
  const control = (key: string) => ({
    id: id(key),
    'aria-describedby': fieldHintId(id(key)),
    status: errors[key] === undefined ? ('' as const) : ('error' as const),
  });

  return (
    <FormDrawer
      open
      onClose={onClose}
      onSubmit={submit}
      title={t('changeOf', { action: call.label(change), name: account.name })}
      subtitle={t(
        `changeHint.${change === 'account.update' ? 'update' : change === 'account.bindRoles' ? 'bindRoles' : change === 'account.grantRegions' ? 'grantRegions' : 'limits'}`,
      )}
      closeLabel={c('close')}
      errors={
        <>
          <FormErrors
            title={c('fixFields')}
            errors={fields.filter((key) => key in errors).map((key) => ({ id: id(key), label: t(`fields.${key}`) }))}
          />
          {form.failed !== undefined && <Note tone="err">{form.failed}</Note>}
        </>
      }
      foot={
        <>
          <ActionButton kind="primary" htmlType="submit" busy={busy}>
            {c('save')}
          </ActionButton>
          <ActionButton onClick={onClose}>{c('cancel')}</ActionButton>
        </>
      }
    >
      {change === 'account.update' && (
        <>
          <Field
            id={id('email')}
            label={t('fields.email')}
            required
            error={errors['email']}
            hint={t('hints.emailChange')}
          >
            <Input
              {...control('email')}
              type="email"
              value={values.email}
              onChange={(event) => set({ email: event.target.value })}
            />
          </Field>
          <Field id={id('name')} label={t('fields.name')} required error={errors['name']}>
            <Input {...control('name')} value={values.name} onChange={(event) => set({ name: event.target.value })} />
          </Field>
          <Field id={id('note')} label={t('fields.note')} error={errors['note']}>
            <Input.TextArea
              {...control('note')}
              rows={3}
              value={values.note}
              onChange={(event) => set({ note: event.target.value })}
            />
          </Field>
        </>
      )}
      {change === 'account.bindRoles' && (
        <>
          <Field
            id={id('level')}
            label={t('fields.level')}
            error={errors['level']}
            hint={t(`levelHint.${values.level}`)}
          >
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
          <Field id={id('bindings')} label={t('fields.bindings')} error={errors['bindings']} hint={t('hints.bindings')}>
            <BindingEditor
              id={id('bindings')}
              values={values.bindings}
              level={values.level}
              describedBy={fieldHintId(id('bindings'))}
              failed={errors['bindings'] !== undefined}
              onChange={(bindings) => set({ bindings })}
            />
          </Field>
          {account.groups.length > 0 && (
            <Note tone="off">{t('rolesOfGroups', { names: account.groups.map(({ name }) => name).join(', ') })}</Note>
          )}
        </>
      )}
      {change === 'account.grantRegions' && (
        <Field id={id('regions')} label={t('fields.regions')} error={errors['regions']} hint={t('hints.regionsNone')}>
          <Select
            {...control('regions')}
            mode="multiple"
            showSearch={{ optionFilterProp: 'label' }}
            placeholder={t('hints.regions')}
            value={values.regions}
            onChange={(next: string[]) => set({ regions: next })}
            options={regions.map((item) => ({ value: item.key as string, label: item.name }))}
          />
        </Field>
      )}
      {change === 'account.setSourceLimits' && (
        <LimitsFields
          values={values.limits}
          errors={errors}
          onChange={(next) => set({ limits: { ...values.limits, ...next } })}
        />
      )}
    </FormDrawer>
  );
}
