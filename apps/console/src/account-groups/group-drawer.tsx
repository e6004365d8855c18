'use client';
import { procedures, type AccountGroup, type ErrorCode } from '@basalt/contract';
import { ActionButton, Field, fieldHintId, FormDrawer, FormErrors, Note, useToast } from '@basalt/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Input } from 'antd';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import { BindingEditor } from '@/accounts/binding-editor.tsx';
import {
  bindingInputOf,
  bindingRow,
  bindingValuesOf,
  scopeIsEmpty,
  type BindingValue,
} from '@/accounts/binding-form.ts';
import { useCall } from '@/actions/use-call.ts';
import { useTRPC } from '@/api/client.ts';
import { fieldErrors } from '@/forms/field-errors.ts';
import { refusalAt } from '@/forms/refusal.ts';
import { requestTokenMake } from '@/vms/request-token.ts';
import { MemberPicker, type Member } from './member-picker.tsx';

const fields = ['name', 'bindings', 'members', 'note'] as const;
const id = (key: string) => `group-${key}`;
const byCode: Partial<Record<ErrorCode, string>> = {
  nameTaken: 'name',
  grantExceeds: 'bindings',
  roleConflict: 'bindings',
  lastAdministrator: 'members',
  limitReached: 'members',
};

interface GroupValues {
  name: string;
  note: string;
  bindings: BindingValue[];
  members: Member[];
}

/** A new group, or an existing one with its roles and members. */
export function GroupDrawer({ group, onClose }: { group: AccountGroup | undefined; onClose: () => void }) {
  const t = useTranslations('accountGroups');
  const a = useTranslations('accounts');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const client = useQueryClient();
  const toast = useToast();
  const call = useCall();
  const [values, setValues] = useState<GroupValues>({
    name: group?.name ?? '',
    note: group?.note ?? '',
    bindings: group ? bindingValuesOf(group.bindings) : [bindingRow()],
    members: group?.members ?? [],
  });
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const [failed, setFailed] = useState<string | undefined>();
  const set = (change: Partial<typeof values>) => {
    setValues({ ...values, ...change });
    setErrors(Object.fromEntries(Object.entries(errors).filter(([key]) => !(key in change))));
  };
  const options = {
    onSuccess: (saved: AccountGroup) => {
      void client.invalidateQueries({ queryKey: trpc.accountGroup.pathKey() });
      void client.invalidateQueries({ queryKey: trpc.account.pathKey() });
      toast({ tone: 'ok' as const, title: t(group ? 'saved' : 'created', { name: saved.name }) });
      onClose();
    },
    onError: (error: unknown) => {
      const refusal = refusalAt(error, locale, c('noAnswer'), byCode, (path) => path.split('.')[0] ?? path);
      if (fields.some((key) => key === refusal.field)) setErrors({ [refusal.field ?? '']: refusal.text });
      else setFailed(refusal.text);
    },
  };
  const create = useMutation(trpc.accountGroup.create.mutationOptions(options));
  const update = useMutation(trpc.accountGroup.update.mutationOptions(options));
  const submit = () => {
    const input = {
      name: values.name.trim(),
      note: values.note,
      bindings: bindingInputOf(values.bindings),
      members: values.members.map((member) => member.id),
      requestToken: requestTokenMake(),
    };
    const found: Record<string, string> = {};
    const take = (error: Parameters<typeof fieldErrors>[0] | undefined) => {
      if (error)
        for (const [path, words] of Object.entries(fieldErrors(error, locale)))
          found[path.split('.')[0] ?? path] ??= words;
      if (values.bindings.some(({ scope }) => scopeIsEmpty(scope)))
        found['bindings'] = a('problems.bindings.emptyScope');
      setErrors(found);
      setFailed(undefined);
      const first = fields.find((key) => key in found);
      if (first !== undefined) document.getElementById(id(first))?.focus();
      return first === undefined;
    };
    if (group) {
      const parsed = procedures.accountGroup.update.input.safeParse({ ...input, id: group.id });
      if (take(parsed.error) && parsed.success) update.mutate(parsed.data);
    } else {
      const parsed = procedures.accountGroup.create.input.safeParse(input);
      if (take(parsed.error) && parsed.success) create.mutate(parsed.data);
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
      title={group ? t('editTitle', { name: group.name }) : call.label('accountGroup.create')}
      subtitle={t('subtitle')}
      closeLabel={c('close')}
      errors={
        <>
          <FormErrors
            title={c('fixFields')}
            errors={fields.filter((key) => key in errors).map((key) => ({ id: id(key), label: t(`fields.${key}`) }))}
          />
          {failed !== undefined && <Note tone="err">{failed}</Note>}
        </>
      }
      foot={
        <>
          <ActionButton kind="primary" htmlType="submit" busy={create.isPending || update.isPending}>
            {group ? c('save') : call.label('accountGroup.create')}
          </ActionButton>
          <ActionButton onClick={onClose}>{c('cancel')}</ActionButton>
        </>
      }
    >
      <Field id={id('name')} label={t('fields.name')} required error={errors['name']}>
        <Input {...control('name')} value={values.name} onChange={(event) => set({ name: event.target.value })} />
      </Field>
      <Field id={id('bindings')} label={t('fields.bindings')} error={errors['bindings']} hint={t('bindingsHint')}>
        <BindingEditor
          id={id('bindings')}
          values={values.bindings}
          describedBy={fieldHintId(id('bindings'))}
          failed={errors['bindings'] !== undefined}
          onChange={(bindings) => set({ bindings })}
        />
      </Field>
      <Field
        id={id('members')}
        label={t('fields.members')}
        error={errors['members']}
        hint={t('memberCount', { count: values.members.length })}
      >
        <MemberPicker
          id={id('members')}
          members={values.members}
          placeholder={t('membersPlaceholder')}
          failed={errors['members'] !== undefined}
          onChange={(members) => set({ members })}
        />
      </Field>
      <Field id={id('note')} label={t('fields.note')} error={errors['note']}>
        <Input.TextArea
          {...control('note')}
          rows={2}
          value={values.note}
          onChange={(event) => set({ note: event.target.value })}
        />
      </Field>
    </FormDrawer>
  );
}
