'use client';
import { procedures, type LoginPolicy } from '@basalt/contract';
import {
  ActionButton,
  FieldGrid,
  formatExact,
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
import { useTRPC } from '@/api/client.ts';
import { fieldErrors } from '@/forms/field-errors.ts';
import { SettingsNotes } from '@/forms/settings-notes.tsx';
import { UnsavedGuard } from '@/forms/unsaved-guard.tsx';
import { useSettingsForm } from '@/forms/use-settings-form.ts';
import { usePermissionReason } from '@/session/session.tsx';
import { QueryError } from '@/shell/query-error.tsx';
import { requestTokenMake } from '@/vms/request-token.ts';
import { DutyPanel } from './duty-panel.tsx';
import { PolicyAside } from './policy-aside.tsx';
import { controlId, PolicyNumber, PolicySwitch } from './policy-fields.tsx';
import { changesOf, formOf, policyFields, policyOf, type NumberField, type SwitchField } from './policy-form.ts';

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
  const settings = useSettingsForm({
    stored: policy,
    formOf,
    fields: policyFields,
    idOf: controlId,
    reread,
    disabled: denied !== undefined,
  });
  const { base, form, errors } = settings;
  const before = formOf(base);
  const changed = changesOf(before, form);
  const set = (field: NumberField | SwitchField, value: number | boolean | null) => settings.set({ [field]: value });
  const update = useMutation(
    trpc.loginPolicy.update.mutationOptions({
      onSuccess: (next) => {
        client.setQueriesData({ queryKey: trpc.loginPolicy.get.pathKey() }, next);
        void client.invalidateQueries({ queryKey: trpc.platform.info.pathKey() });
        settings.begin(next);
        toast({ tone: 'ok', title: t('saved'), description: t('savedWhen') });
      },
      onError: settings.refuse,
    }),
  );
  const submit = () => {
    const parsed = procedures.loginPolicy.update.input.safeParse({ ...policyOf(form), version: base.version });
    settings.show(parsed.success ? {} : fieldErrors(parsed.error, locale));
    if (parsed.success) update.mutate({ ...parsed.data, requestToken: requestTokenMake() });
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
                <SettingsNotes
                  settings={settings}
                  label={(field) => t(`fields.${field.replace('.', '_') as 'lockout_minutes'}`)}
                  readAgain={t('readAgain')}
                />
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
            {changed.length > 0 && <ActionButton onClick={settings.discard}>{t('discard')}</ActionButton>}
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
