'use client';
import { procedures, type LoginPolicy } from '@basalt/contract';
import {
  ActionButton,
  FieldGrid,
  formatExact,
  FormErrors,
  FormFoot,
  FormPage,
  FormSection,
  Note,
  PageHeader,
  PanelGrid,
  SkeletonLines,
  useToast,
} from '@basalt/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import { useTRPC } from '@/api/client.ts';
import { readable, shapeOf } from '@/api/errors.ts';
import { fieldErrors } from '@/forms/field-errors.ts';
import { UnsavedGuard } from '@/forms/unsaved-guard.tsx';
import { usePermissionReason } from '@/session/session.tsx';
import { QueryError } from '@/shell/query-error.tsx';
import { requestTokenMake } from '@/vms/request-token.ts';
import { DutyPanel } from './duty-panel.tsx';
import { PolicyAside } from './policy-aside.tsx';
import { controlId, PolicyNumber, PolicySwitch } from './policy-fields.tsx';
import {
  changesOf,
  formOf,
  policyFields,
  policyOf,
  type NumberField,
  type PolicyForm,
  type SwitchField,
} from './policy-form.ts';

/** How one signs in to this platform: passwords, lock-out, sessions, keys, separation of duties. */
export function LoginPolicyPage() {
  const t = useTranslations('loginPolicy');
  const c = useTranslations('common');
  const trpc = useTRPC();
  const policy = useQuery(trpc.loginPolicy.get.queryOptions({}));
  if (policy.data) return <PolicyBody policy={policy.data} reread={() => policy.refetch()} />;
  return (
    <>
      <PageHeader title={t('title')} />
      {policy.isError ? (
        <QueryError title={t('failed')} error={policy.error} onRetry={() => void policy.refetch()} />
      ) : (
        <PanelGrid>
          <SkeletonLines lines={8} label={c('loading')} />
        </PanelGrid>
      )}
    </>
  );
}

function PolicyBody({
  policy,
  reread,
}: {
  policy: LoginPolicy;
  reread: () => Promise<{ data: LoginPolicy | undefined }>;
}) {
  const t = useTranslations('loginPolicy');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const client = useQueryClient();
  const toast = useToast();
  const denied = usePermissionReason()('loginPolicy:update');
  // The policy the form began from: one that arrives later must not move what is being typed.
  const [base, setBase] = useState(policy);
  const [form, setForm] = useState<PolicyForm>(() => formOf(policy));
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const [failed, setFailed] = useState<{ text: string; stale: boolean } | undefined>(undefined);
  const before = formOf(base);
  const changed = changesOf(before, form);
  const begin = (next: LoginPolicy) => {
    setBase(next);
    setForm(formOf(next));
    setErrors({});
    setFailed(undefined);
  };
  const set = (field: NumberField | SwitchField, value: number | boolean | null) => {
    setForm({ ...form, [field]: value });
    setErrors(Object.fromEntries(Object.entries(errors).filter(([key]) => key !== field)));
  };
  const update = useMutation(
    trpc.loginPolicy.update.mutationOptions({
      onSuccess: (next) => {
        client.setQueriesData({ queryKey: trpc.loginPolicy.get.pathKey() }, next);
        void client.invalidateQueries({ queryKey: trpc.platform.info.pathKey() });
        begin(next);
        toast({ tone: 'ok', title: t('saved'), description: t('savedWhen') });
      },
      onError: (error) => {
        const shape = shapeOf(error);
        const { text } = readable(error, locale, c('noAnswer'));
        const field = policyFields.find((key) => key === shape?.field);
        if (field) setErrors({ [field]: text });
        else setFailed({ text, stale: shape?.code === 'changedMeanwhile' });
      },
    }),
  );
  const submit = () => {
    setFailed(undefined);
    const parsed = procedures.loginPolicy.update.input.safeParse({ ...policyOf(form), version: base.version });
    const found = parsed.success ? {} : fieldErrors(parsed.error, locale);
    setErrors(found);
    if (parsed.success) update.mutate({ ...parsed.data, requestToken: requestTokenMake() });
    else document.getElementById(controlId(policyFields.find((field) => field in found) ?? ''))?.focus();
  };
  const number = (field: NumberField, off = false) => (
    <PolicyNumber
      field={field}
      value={form[field]}
      error={errors[field]}
      disabled={denied !== undefined || off}
      onChange={(value) => set(field, value)}
    />
  );
  const toggle = (field: SwitchField) => (
    <PolicySwitch
      field={field}
      value={form[field]}
      disabled={denied !== undefined}
      onChange={(value) => set(field, value)}
    />
  );
  return (
    <form
      style={{ display: 'contents' }}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!update.isPending && denied === undefined && changed.length > 0) submit();
      }}
    >
      <UnsavedGuard active={changed.length > 0 && !update.isPending} />
      <FormPage
        asideLabel={t('aside.title')}
        aside={<PolicyAside before={before} after={form} />}
        header={
          <PageHeader
            title={t('title')}
            subtitle={
              base.updatedAt === null
                ? t('neverChanged')
                : t('changedBy', { time: formatExact(new Date(base.updatedAt)), who: base.updatedBy ?? '—' })
            }
            note={
              <>
                {denied !== undefined && <Note tone="off">{denied}</Note>}
                <FormErrors
                  title={c('fixFields')}
                  errors={policyFields
                    .filter((field) => field in errors)
                    .map((field) => ({
                      id: controlId(field),
                      label: t(`fields.${field.replace('.', '_') as 'lockout_minutes'}`),
                    }))}
                />
                {failed && (
                  <Note
                    tone="err"
                    action={
                      failed.stale && (
                        <ActionButton
                          kind="link"
                          size="small"
                          onClick={() => void reread().then(({ data }) => data && begin(data))}
                        >
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
          />
        }
        foot={
          <FormFoot
            extra={changed.length > 0 && <span className="bs-tertiary">{t('pending', { count: changed.length })}</span>}
          >
            <ActionButton
              kind="primary"
              htmlType="submit"
              busy={update.isPending}
              reason={denied ?? (changed.length === 0 ? t('unchanged') : undefined)}
            >
              {c('save')}
            </ActionButton>
            {changed.length > 0 && <ActionButton onClick={() => begin(base)}>{t('discard')}</ActionButton>}
          </FormFoot>
        }
      >
        <FormSection id="policy-password" title={t('sections.password')}>
          <FieldGrid>
            {number('password.minLength')}
            {number('password.minClasses')}
          </FieldGrid>
          {toggle('password.forceChangeWhenNonCompliant')}
        </FormSection>
        <FormSection id="policy-expiry" title={t('sections.expiry')}>
          {toggle('password.expiryEnforced')}
          {number('password.expiryDays', !form['password.expiryEnforced'])}
        </FormSection>
        <FormSection id="policy-lockout" title={t('sections.lockout')}>
          {toggle('lockout.enabled')}
          <FieldGrid>
            {number('lockout.attempts', !form['lockout.enabled'])}
            {number('lockout.minutes', !form['lockout.enabled'])}
          </FieldGrid>
        </FormSection>
        <FormSection id="policy-session" title={t('sections.session')}>
          {toggle('session.single')}
          {number('session.maxPerAccount', form['session.single'])}
        </FormSection>
        <FormSection id="policy-idle" title={t('sections.idle')}>
          {number('session.idleMinutes')}
        </FormSection>
        <FormSection id="policy-reset" title={t('sections.reset')}>
          {number('passwordReset.linkMinutes')}
        </FormSection>
        <FormSection id="policy-keys" title={t('sections.keys')}>
          {number('apiKeysPerAccount')}
        </FormSection>
        <FormSection id="policy-duty" title={t('sections.duty')}>
          <DutyPanel policy={policy} />
        </FormSection>
      </FormPage>
    </form>
  );
}
