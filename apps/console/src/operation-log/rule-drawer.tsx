'use client';
import { procedures, type LogRule } from '@basalt/contract';
import { ActionButton, Field, fieldHintId, FormDrawer, FormErrors, Segments, useToast } from '@basalt/ui';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Input, Select, Switch } from 'antd';
import { useLocale, useTranslations } from 'next-intl';
import Link from 'next/link';
import { useState } from 'react';
import { useTRPC } from '@/api/client.ts';
import { readable, shapeOf } from '@/api/errors.ts';
import { fieldErrors } from '@/forms/field-errors.ts';
import { paths } from '@/paths.ts';
import { useConsole } from '@/session/session.tsx';
import { requestTokenMake } from '@/vms/request-token.ts';
import { modules } from './log-query.ts';
import { useLogWords } from './use-log-words.ts';

const fields = ['name', 'notificationGroupId', 'regions', 'modules', 'result'] as const;
const id = (field: string) => `rule-${field}`;

interface Values {
  name: string;
  enabled: boolean;
  regions: string[];
  modules: string[];
  result: LogRule['result'];
  notificationGroupId: string | null;
}
const emptyRule: Values = {
  name: '',
  enabled: true,
  regions: [],
  modules: [],
  result: 'failed',
  notificationGroupId: null,
};

interface RuleDrawerProps {
  subject: LogRule | 'new';
  onClose: () => void;
  onDone: () => void;
}

/** One rule: entries of these regions and modules with this result go to one group. */
export function RuleDrawer({ subject, onClose, onDone }: RuleDrawerProps) {
  const t = useTranslations('operationLog.rules');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const toast = useToast();
  const words = useLogWords();
  const { region, regions } = useConsole();
  const isNew = subject === 'new';
  const [values, setValues] = useState<Values>(isNew ? emptyRule : subject);
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const [failed, setFailed] = useState<string | undefined>(undefined);
  const groups = useQuery(trpc.notificationGroup.list.queryOptions({ limit: 200 }));
  const set = (change: Partial<Values>) => {
    setValues({ ...values, ...change });
    setErrors(Object.fromEntries(Object.entries(errors).filter(([key]) => !(key in change))));
  };
  const done = (rule: LogRule) => {
    toast({ tone: 'ok', title: t(isNew ? 'created' : 'changed', { name: rule.name }) });
    onDone();
    onClose();
  };
  const onError = (error: unknown) => {
    const found = readable(error, locale, c('noAnswer'));
    const field = fields.find((key) => key === shapeOf(error)?.field?.split('.')[0]);
    if (field) setErrors({ [field]: found.text });
    else setFailed(found.text);
  };
  const create = useMutation(trpc.operationLog.createRule.mutationOptions({ onSuccess: done, onError }));
  const update = useMutation(trpc.operationLog.updateRule.mutationOptions({ onSuccess: done, onError }));
  const submit = () => {
    setFailed(undefined);
    const parsed = procedures.operationLog.createRule.input.safeParse({ ...values, name: values.name.trim() });
    const found: Record<string, string> = {};
    if (!parsed.success)
      for (const [path, text] of Object.entries(fieldErrors(parsed.error, locale)))
        found[path.split('.')[0] ?? ''] ??= text;
    if (values.notificationGroupId === null) found['notificationGroupId'] = t('groupMissing');
    setErrors(found);
    if (!parsed.success) {
      document.getElementById(id(fields.find((key) => key in found) ?? 'name'))?.focus();
      return;
    }
    const requestToken = requestTokenMake();
    if (isNew) create.mutate({ ...parsed.data, requestToken });
    else update.mutate({ ...parsed.data, id: subject.id, requestToken });
  };
  const control = (field: string) => ({
    id: id(field),
    'aria-describedby': fieldHintId(id(field)),
    status: errors[field] === undefined ? ('' as const) : ('error' as const),
  });
  return (
    <FormDrawer
      open
      onClose={onClose}
      onSubmit={submit}
      title={isNew ? t('create') : t('editTitle', { name: subject.name })}
      subtitle={t('subtitle')}
      closeLabel={c('close')}
      errors={
        <>
          <FormErrors
            title={c('fixFields')}
            errors={fields
              .filter((key) => key in errors)
              .map((key) => ({ id: id(key), label: key === 'notificationGroupId' ? t('group') : t(key) }))}
          />
          {failed !== undefined && <FormErrors title={failed} errors={[{ id: id('name'), label: t('name') }]} />}
        </>
      }
      foot={
        <>
          <ActionButton kind="primary" htmlType="submit" busy={create.isPending || update.isPending}>
            {isNew ? t('create') : c('save')}
          </ActionButton>
          <ActionButton onClick={onClose}>{c('cancel')}</ActionButton>
        </>
      }
    >
      <Field id={id('name')} label={t('name')} required error={errors['name']}>
        <Input {...control('name')} value={values.name} onChange={(event) => set({ name: event.target.value })} />
      </Field>
      <Field id={id('regions')} label={t('regions')} hint={t('regionsHint')} error={errors['regions']}>
        <Select
          {...control('regions')}
          mode="multiple"
          allowClear
          placeholder={t('allRegions')}
          value={values.regions}
          onChange={(chosen) => set({ regions: chosen })}
          options={regions.map(({ key, name }) => ({ value: key, label: name }))}
          style={{ width: '100%' }}
        />
      </Field>
      <Field id={id('modules')} label={t('modules')} hint={t('modulesHint')} error={errors['modules']}>
        <Select
          {...control('modules')}
          mode="multiple"
          allowClear
          showSearch={{ optionFilterProp: 'label' }}
          placeholder={t('allModules')}
          value={values.modules}
          onChange={(chosen) => set({ modules: chosen })}
          options={modules.map((key) => ({ value: key, label: words.module(key) }))}
          style={{ width: '100%' }}
        />
      </Field>
      <Field id={id('result')} label={t('result')} error={errors['result']}>
        <div>
          <Segments
            label={t('result')}
            value={values.result}
            options={(['all', 'succeeded', 'failed'] as const).map((key) => ({ key, label: t(`results.${key}`) }))}
            onChange={(result) => set({ result })}
          />
        </div>
      </Field>
      <Field
        id={id('notificationGroupId')}
        label={t('group')}
        required
        error={errors['notificationGroupId'] ?? (groups.isError ? t('groupsFailed') : undefined)}
        hint={groups.data?.items.length === 0 ? t('noGroups') : t('groupHint')}
        extra={<Link href={`${paths.operationLog(region.key)}?tab=groups`}>{t('toGroups')}</Link>}
      >
        <Select
          {...control('notificationGroupId')}
          loading={groups.isPending}
          showSearch={{ optionFilterProp: 'label' }}
          value={values.notificationGroupId}
          onChange={(notificationGroupId: string | null) => set({ notificationGroupId })}
          options={(groups.data?.items ?? []).map((group) => ({
            value: group.id,
            label: t('groupOption', { name: group.name, count: group.emails.length }),
          }))}
          style={{ width: '100%' }}
        />
      </Field>
      <Field id={id('enabled')} label={t('state')} hint={values.enabled ? t('onHint') : t('offHint')}>
        <Switch
          id={id('enabled')}
          aria-label={t('state')}
          checked={values.enabled}
          onChange={(enabled) => set({ enabled })}
        />
      </Field>
    </FormDrawer>
  );
}
