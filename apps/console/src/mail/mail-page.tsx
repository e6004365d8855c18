'use client';
import { mailServer, procedures, type MailSettings } from '@basalt/contract';
import {
  ActionButton,
  Field,
  FieldGrid,
  FoldedSection,
  formatExact,
  Note,
  PageHeader,
  Panel,
  PanelGrid,
  Segments,
  SkeletonLines,
  StatePill,
  useToast,
} from '@basalt/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Input, InputNumber, Switch } from 'antd';
import { useLocale, useTranslations } from 'next-intl';
import { useTRPC } from '@/api/client.ts';
import { fieldErrors } from '@/forms/field-errors.ts';
import { SettingsNotes } from '@/forms/settings-notes.tsx';
import { UnsavedGuard } from '@/forms/unsaved-guard.tsx';
import { useSettingsForm } from '@/forms/use-settings-form.ts';
import { usePermissionReason } from '@/session/session.tsx';
import { QueryError } from '@/shell/query-error.tsx';
import { requestTokenMake } from '@/vms/request-token.ts';
import { formOf, mailFields, securityChange, serverOf } from './mail-form.ts';
import { MailSecretField } from './mail-secret-field.tsx';
import { MailTestPanel } from './mail-test-panel.tsx';
import styles from './mail.module.css';

const id = (field: string) => `mail-${field}`;

/** The server that mail goes out by, and a mail to try it. */
export function MailPage() {
  const t = useTranslations('mail');
  const c = useTranslations('common');
  const trpc = useTRPC();
  const mail = useQuery(trpc.mail.get.queryOptions({}));
  if (mail.data) return <MailBody settings={mail.data} reread={() => mail.refetch()} />;
  return (
    <>
      <PageHeader title={t('title')} />
      {mail.isError ? (
        <QueryError title={t('failed')} error={mail.error} onRetry={() => void mail.refetch()} />
      ) : (
        <PanelGrid>
          <SkeletonLines lines={6} label={c('loading')} />
        </PanelGrid>
      )}
    </>
  );
}

interface MailBodyProps {
  settings: MailSettings;
  reread: () => Promise<{ data: MailSettings | undefined }>;
}

function MailBody({ settings, reread }: MailBodyProps) {
  const t = useTranslations('mail');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const client = useQueryClient();
  const toast = useToast();
  const denied = usePermissionReason()('mail:update');
  const settingsForm = useSettingsForm({
    stored: settings,
    formOf,
    fields: mailFields,
    idOf: id,
    reread,
    disabled: denied !== undefined,
  });
  const { base, form, changed, errors, set, control } = settingsForm;
  const update = useMutation(
    trpc.mail.update.mutationOptions({
      onSuccess: (next) => {
        client.setQueriesData({ queryKey: trpc.mail.get.pathKey() }, next);
        void client.invalidateQueries({ queryKey: trpc.platform.info.pathKey() });
        settingsForm.begin(next);
        toast({ tone: 'ok', title: t('saved') });
      },
      onError: (error) => {
        // A password is not given on to another server or user; it has to be typed again.
        if (settingsForm.refuse(error) === 'password') set({ secret: 'set' });
      },
    }),
  );
  /** Shows what is wrong and answers whether nothing is. */
  const check = (): boolean => {
    const parsed = mailServer.safeParse(serverOf(form));
    const found: Record<string, string> = parsed.success ? {} : { ...fieldErrors(parsed.error, locale) };
    if (form.host.trim() === '') found['host'] = t('hostMissing');
    if (form.secret === 'set' && form.password === '') found['password'] = t('passwordMissing');
    return settingsForm.show(found);
  };
  const submit = () => {
    const parsed = procedures.mail.update.input.safeParse({ ...serverOf(form), version: base.version });
    if (check() && parsed.success) update.mutate({ ...parsed.data, requestToken: requestTokenMake() });
  };
  return (
    <>
      <UnsavedGuard active={changed && !update.isPending} />
      <PageHeader
        title={t('title')}
        pill={<StatePill tone={base.enabled ? 'ok' : 'off'}>{t(base.enabled ? 'on' : 'off')}</StatePill>}
        subtitle={
          base.updatedAt === null ? t('neverChanged') : t('changedAt', { time: formatExact(new Date(base.updatedAt)) })
        }
      />
      <PanelGrid columns={[2, 1]}>
        <Panel title={t('server')}>
          <form
            noValidate
            onSubmit={(event) => {
              event.preventDefault();
              if (!update.isPending && denied === undefined && changed) submit();
            }}
          >
            <div className={styles.notes}>
              {denied !== undefined && <Note tone="off">{denied}</Note>}
              <SettingsNotes
                settings={settingsForm}
                label={(field) => t(`fields.${field}`)}
                readAgain={t('readAgain')}
              />
            </div>
            <Field id={id('enabled')} label={t('fields.enabled')} hint={t('hints.enabled')}>
              <Switch
                id={id('enabled')}
                aria-label={t('fields.enabled')}
                disabled={denied !== undefined}
                checked={form.enabled}
                onChange={(enabled) => set({ enabled })}
              />
            </Field>
            <FieldGrid>
              <Field id={id('host')} label={t('fields.host')} required error={errors['host']} hint={t('hints.host')}>
                <Input
                  {...control('host')}
                  spellCheck={false}
                  value={form.host}
                  onChange={(event) => set({ host: event.target.value })}
                />
              </Field>
              <Field id={id('port')} label={t('fields.port')} required error={errors['port']} hint={t('hints.port')}>
                <InputNumber {...control('port')} precision={0} value={form.port} onChange={(port) => set({ port })} />
              </Field>
            </FieldGrid>
            <Field id={id('security')} label={t('fields.security')} hint={t(`securityHints.${form.security}`)}>
              <div>
                <Segments
                  label={t('fields.security')}
                  value={form.security}
                  options={(['ssl', 'starttls', 'none'] as const).map((key) => ({
                    key,
                    label: t(`security.${key}`),
                    disabled: denied !== undefined,
                  }))}
                  onChange={(security) => set(securityChange(form, security))}
                />
              </div>
            </Field>
            <FieldGrid>
              <Field
                id={id('sender')}
                label={t('fields.sender')}
                required
                error={errors['sender']}
                hint={t('hints.sender')}
              >
                <Input
                  {...control('sender')}
                  type="email"
                  autoComplete="off"
                  spellCheck={false}
                  value={form.sender}
                  onChange={(event) => set({ sender: event.target.value })}
                />
              </Field>
              <Field id={id('user')} label={t('fields.user')} error={errors['user']} hint={t('hints.user')}>
                <Input
                  {...control('user')}
                  autoComplete="off"
                  spellCheck={false}
                  value={form.user}
                  onChange={(event) => set({ user: event.target.value })}
                />
              </Field>
            </FieldGrid>
            <FieldGrid>
              <MailSecretField
                id={id('password')}
                stored={base.hasPassword}
                form={form}
                error={errors['password']}
                disabled={denied !== undefined}
                onChange={set}
              />
              <Field
                id={id('subjectPrefix')}
                label={t('fields.subjectPrefix')}
                error={errors['subjectPrefix']}
                hint={t('hints.subjectPrefix')}
              >
                <Input
                  {...control('subjectPrefix')}
                  value={form.subjectPrefix}
                  onChange={(event) => set({ subjectPrefix: event.target.value })}
                />
              </Field>
            </FieldGrid>
            {form.security !== 'none' && (
              <FoldedSection
                id="mail-ca-section"
                title={t('fields.ca')}
                summary={form.ca.trim() === '' ? t('caPublic') : t('caOwn')}
              >
                <Field id={id('ca')} label={t('caPem')} error={errors['ca']} hint={t('hints.ca')}>
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
            )}
            <div className={styles.foot}>
              <ActionButton
                kind="primary"
                htmlType="submit"
                busy={update.isPending}
                reason={denied ?? (changed ? undefined : t('unchanged'))}
              >
                {c('save')}
              </ActionButton>
              {changed && <ActionButton onClick={settingsForm.discard}>{t('discard')}</ActionButton>}
            </div>
          </form>
        </Panel>
        <MailTestPanel form={form} changed={changed} onCheck={check} />
      </PanelGrid>
    </>
  );
}
