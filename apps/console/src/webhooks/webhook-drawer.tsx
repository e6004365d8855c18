'use client';
import { procedures, type ErrorCode, type Webhook } from '@basalt/contract';
import { ActionButton, Field, fieldHintId, FoldedSection, FormDrawer, FormErrors, Note, useToast } from '@basalt/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Input, Select, Switch } from 'antd';
import { useLocale, useTranslations } from 'next-intl';
import Link from 'next/link';
import { useState } from 'react';
import type { z } from 'zod';
import { useCall } from '@/actions/use-call.ts';
import { useTRPC } from '@/api/client.ts';
import { shapeOf } from '@/api/errors.ts';
import { fieldErrors } from '@/forms/field-errors.ts';
import { refusalAt } from '@/forms/refusal.ts';
import { paths } from '@/paths.ts';
import { useConsole } from '@/session/session.tsx';
import { requestTokenMake } from '@/vms/request-token.ts';
import { HeaderEditor } from './header-editor.tsx';
import { eventKinds } from './use-webhook-words.ts';
import { formOf, inputOf, webhookFieldOf, webhookFields, type WebhookForm } from './webhook-form.ts';

const id = (field: string) => `webhook-${field}`;
const byCode: Partial<Record<ErrorCode, string>> = { nameTaken: 'name' };

interface WebhookDrawerProps {
  /** Undefined for a new one. */
  webhook: Webhook | undefined;
  onClose: () => void;
  onMade?: (made: { webhook: Webhook; secret: string }) => void;
}

/** A new webhook, or an existing one: where it sends and what. */
export function WebhookDrawer({ webhook, onClose, onMade }: WebhookDrawerProps) {
  const t = useTranslations('webhooks');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const client = useQueryClient();
  const toast = useToast();
  const call = useCall();
  const { region, regions } = useConsole();
  // What the form began from: what arrives later must not move what is being typed.
  const [base, setBase] = useState(webhook);
  const [form, setForm] = useState<WebhookForm>(() => formOf(webhook));
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const [failed, setFailed] = useState<{ text: string; stale: boolean } | undefined>();
  const set = (change: Partial<WebhookForm>) => {
    setForm({ ...form, ...change });
    setErrors(Object.fromEntries(Object.entries(errors).filter(([key]) => !(key in change))));
  };
  const done = () => {
    void client.invalidateQueries({ queryKey: trpc.webhook.pathKey() });
    onClose();
  };
  const onError = (error: unknown) => {
    const refusal = refusalAt(error, locale, c('noAnswer'), byCode, webhookFieldOf);
    const field = webhookFields.find((key) => key === refusal.field);
    if (field === undefined)
      return setFailed({ text: refusal.text, stale: shapeOf(error)?.code === 'changedMeanwhile' });
    setErrors({ [field]: refusal.text });
    return document.getElementById(id(field))?.focus();
  };
  const create = useMutation(
    trpc.webhook.create.mutationOptions({
      onSuccess: (made) => {
        done();
        onMade?.(made);
      },
      onError,
    }),
  );
  const update = useMutation(
    trpc.webhook.update.mutationOptions({
      onSuccess: (saved) => {
        toast({ tone: 'ok', title: t('saved', { name: saved.name }) });
        done();
      },
      onError,
    }),
  );
  const readAgain = async () => {
    if (!base) return;
    const next = await client.fetchQuery(trpc.webhook.get.queryOptions({ id: base.id }, { staleTime: 0 }));
    setBase(next);
    setForm(formOf(next));
    setErrors({});
    setFailed(undefined);
  };
  /** Shows what is wrong and answers whether nothing is. */
  const check = (error: z.ZodError | undefined): boolean => {
    const found: Record<string, string> = {};
    for (const [path, text] of Object.entries(error ? fieldErrors(error, locale) : {}))
      found[webhookFieldOf(path)] ??= text;
    if (form.headers.some(({ name, value, stored }) => !stored && name.trim() !== '' && value === ''))
      found['headers'] = t('form.headerValueMissing');
    setFailed(undefined);
    setErrors(found);
    const first = webhookFields.find((field) => field in found);
    if (first !== undefined) document.getElementById(id(first))?.focus();
    return first === undefined;
  };
  const submit = () => {
    const requestToken = requestTokenMake();
    if (base) {
      const { update: procedure } = procedures.webhook;
      const parsed = procedure.input.safeParse({ ...inputOf(form), id: base.id, version: base.version, requestToken });
      if (check(parsed.error) && parsed.success) update.mutate(parsed.data);
    } else {
      const parsed = procedures.webhook.create.input.safeParse({ ...inputOf(form), requestToken });
      if (check(parsed.error) && parsed.success) create.mutate(parsed.data);
    }
  };
  const control = (field: string) => ({
    id: id(field),
    'aria-describedby': fieldHintId(id(field)),
    status: errors[field] === undefined ? ('' as const) : ('error' as const),
  });
  const isPlain = /^http:/iu.test(form.url.trim());
  return (
    <FormDrawer
      open
      onClose={onClose}
      onSubmit={submit}
      title={base ? t('form.editTitle', { name: base.name }) : call.label('webhook.create')}
      subtitle={t('form.subtitle')}
      closeLabel={c('close')}
      errors={
        <>
          <FormErrors
            title={c('fixFields')}
            errors={webhookFields
              .filter((key) => key in errors)
              .map((key) => ({ id: id(key), label: t(`form.fields.${key}`) }))}
          />
          {failed && (
            <Note
              tone="err"
              action={
                failed.stale && (
                  <ActionButton kind="link" size="small" onClick={() => void readAgain()}>
                    {t('readAgain')}
                  </ActionButton>
                )
              }
            >
              {failed.text}
            </Note>
          )}
        </>
      }
      foot={
        <>
          <ActionButton kind="primary" htmlType="submit" busy={create.isPending || update.isPending}>
            {base ? c('save') : call.label('webhook.create')}
          </ActionButton>
          <ActionButton onClick={onClose}>{c('cancel')}</ActionButton>
        </>
      }
    >
      <Field id={id('name')} label={t('form.fields.name')} required error={errors['name']} hint={t('form.nameHint')}>
        <Input {...control('name')} value={form.name} onChange={(event) => set({ name: event.target.value })} />
      </Field>
      <Field
        id={id('url')}
        label={t('form.fields.url')}
        required
        error={errors['url']}
        hint={isPlain ? t('form.urlPlain') : t('form.urlHint')}
        extra={<Link href={paths.webhookDestinations(region.key)}>{t('tabs.destinations')}</Link>}
      >
        <Input
          {...control('url')}
          type="url"
          className="bs-mono"
          spellCheck={false}
          autoComplete="off"
          value={form.url}
          onChange={(event) => set({ url: event.target.value })}
        />
      </Field>
      <Field id={id('kinds')} label={t('form.fields.kinds')} error={errors['kinds']} hint={t('form.kindsHint')}>
        <Select
          {...control('kinds')}
          mode="multiple"
          allowClear
          showSearch={{ optionFilterProp: 'label' }}
          placeholder={t('allKinds')}
          value={form.kinds}
          onChange={(kinds: string[]) => set({ kinds })}
          options={eventKinds.map((key) => ({ value: key, label: t(`kinds.${key}`) }))}
          style={{ width: '100%' }}
        />
      </Field>
      <Field id={id('regions')} label={t('form.fields.regions')} error={errors['regions']} hint={t('form.regionsHint')}>
        <Select
          {...control('regions')}
          mode="multiple"
          allowClear
          placeholder={t('allRegions')}
          value={form.regions}
          onChange={(chosen: string[]) => set({ regions: chosen })}
          options={regions.map(({ key, name }) => ({ value: key as string, label: name }))}
          style={{ width: '100%' }}
        />
      </Field>
      <Field id={id('headers')} label={t('form.fields.headers')} error={errors['headers']} hint={t('form.headersHint')}>
        <HeaderEditor
          id={id('headers')}
          rows={form.headers}
          describedBy={fieldHintId(id('headers'))}
          failed={errors['headers'] !== undefined}
          onChange={(headers) => set({ headers })}
        />
      </Field>
      <FoldedSection
        id="webhook-ca-section"
        title={t('form.fields.ca')}
        summary={form.ca.trim() === '' ? t('form.caPublic') : t('form.caOwn')}
      >
        <Field id={id('ca')} label={t('form.caPem')} error={errors['ca']} hint={t('form.caHint')}>
          <Input.TextArea
            {...control('ca')}
            rows={6}
            className="bs-mono"
            spellCheck={false}
            value={form.ca}
            onChange={(event) => set({ ca: event.target.value })}
          />
        </Field>
      </FoldedSection>
      <Field
        id={id('enabled')}
        label={t('form.fields.enabled')}
        hint={form.enabled ? t('form.onHint') : t('form.offHint')}
      >
        <Switch
          id={id('enabled')}
          aria-label={t('form.fields.enabled')}
          aria-describedby={fieldHintId(id('enabled'))}
          checked={form.enabled}
          onChange={(enabled) => set({ enabled })}
        />
      </Field>
    </FormDrawer>
  );
}
