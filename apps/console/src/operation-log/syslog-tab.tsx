'use client';
import { procedures, type SyslogSettings } from '@basalt/contract';
import {
  ActionButton,
  FactGrid,
  Field,
  FieldGrid,
  FoldedSection,
  formatNumber,
  Note,
  Panel,
  PanelGrid,
  Segments,
  SkeletonLines,
  StateLabel,
  useToast,
} from '@basalt/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Input, InputNumber, Select, Switch } from 'antd';
import { useLocale, useTranslations } from 'next-intl';
import { background, useTRPC } from '@/api/client.ts';
import { fieldErrors } from '@/forms/field-errors.ts';
import { SettingsNotes } from '@/forms/settings-notes.tsx';
import { UnsavedGuard } from '@/forms/unsaved-guard.tsx';
import { useSettingsForm } from '@/forms/use-settings-form.ts';
import { usePermissionReason } from '@/session/session.tsx';
import { QueryError } from '@/shell/query-error.tsx';
import { requestTokenMake } from '@/vms/request-token.ts';
import styles from './operation-log.module.css';

const fields = ['host', 'port', 'transport', 'facility', 'ca'] as const;
type Values = Pick<SyslogSettings, 'enabled' | 'transport' | 'facility' | 'ca' | 'host'> & { port: number | null };
const id = (field: string) => `syslog-${field}`;

/** Forwarding to a syslog server, and how far it has come. */
export function SyslogTab({ header }: { header: (actions?: React.ReactNode) => React.ReactNode }) {
  const t = useTranslations('operationLog.syslog');
  const c = useTranslations('common');
  const trpc = useTRPC();
  const syslog = useQuery(trpc.operationLog.syslog.queryOptions({}));
  const state = useQuery(
    trpc.operationLog.syslog.queryOptions(
      {},
      { refetchInterval: 5000, enabled: syslog.isSuccess, trpc: { context: background } },
    ),
  );
  return (
    <>
      {header()}
      {syslog.isError && <QueryError title={t('failed')} error={syslog.error} onRetry={() => void syslog.refetch()} />}
      <PanelGrid columns={[2, 1]}>
        <Panel title={t('title')}>
          {syslog.isPending && <SkeletonLines lines={5} label={c('loading')} />}
          {syslog.data && <SyslogForm stored={syslog.data} reread={() => syslog.refetch()} />}
        </Panel>
        <Panel title={t('state')}>
          {state.data ? <SyslogState settings={state.data} /> : <SkeletonLines lines={3} label={c('loading')} />}
        </Panel>
      </PanelGrid>
    </>
  );
}

function SyslogState({ settings }: { settings: SyslogSettings }) {
  const t = useTranslations('operationLog.syslog');
  const { enabled, forwarded, waiting, lastError } = settings;
  const tone = !enabled ? 'off' : lastError !== null ? 'err' : waiting > 0 ? 'busy' : 'ok';
  return (
    <div className={styles.verdict}>
      <StateLabel tone={tone}>{t(`states.${tone}`)}</StateLabel>
      {enabled && lastError !== null && (
        <Note tone="err" title={t('lastError')}>
          {lastError}
        </Note>
      )}
      <FactGrid
        facts={[
          { key: 'forwarded', label: t('forwarded'), value: formatNumber(forwarded) },
          { key: 'waiting', label: t('waiting'), value: formatNumber(waiting) },
        ]}
      />
    </div>
  );
}

const valuesOf = ({ enabled, host, port, transport, facility, ca }: SyslogSettings): Values => ({
  enabled,
  host,
  port,
  transport,
  facility,
  ca,
});

interface SyslogFormProps {
  stored: SyslogSettings;
  reread: () => Promise<{ data: SyslogSettings | undefined }>;
}

function SyslogForm({ stored, reread }: SyslogFormProps) {
  const t = useTranslations('operationLog.syslog');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const client = useQueryClient();
  const toast = useToast();
  const denied = usePermissionReason()('operationLog:manageRules');
  const settings = useSettingsForm({
    stored,
    formOf: valuesOf,
    fields,
    idOf: id,
    reread,
    disabled: denied !== undefined,
  });
  const { form: values, changed, errors, set, control } = settings;
  const update = useMutation(
    trpc.operationLog.updateSyslog.mutationOptions({
      onSuccess: (next) => {
        client.setQueriesData({ queryKey: trpc.operationLog.syslog.pathKey() }, next);
        settings.begin(next);
        toast({ tone: 'ok', title: t('saved') });
      },
      onError: settings.refuse,
    }),
  );
  const submit = () => {
    const parsed = procedures.operationLog.updateSyslog.input.safeParse({
      ...values,
      version: settings.base.version,
    });
    const found: Record<string, string> = parsed.success ? {} : { ...fieldErrors(parsed.error, locale) };
    if (values.enabled && values.host.trim() === '') found['host'] = t('hostMissing');
    if (settings.show(found) && parsed.success) update.mutate({ ...parsed.data, requestToken: requestTokenMake() });
  };
  return (
    <form
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!update.isPending && denied === undefined && changed) submit();
      }}
    >
      <UnsavedGuard active={changed && !update.isPending} />
      <SettingsNotes settings={settings} label={t} readAgain={t('readAgain')} />
      <Field id={id('enabled')} label={t('enabled')} hint={t('enabledHint')}>
        <Switch
          id={id('enabled')}
          aria-label={t('enabled')}
          disabled={denied !== undefined}
          checked={values.enabled}
          onChange={(on) => set({ enabled: on })}
        />
      </Field>
      <FieldGrid>
        <Field id={id('host')} label={t('host')} required={values.enabled} error={errors['host']}>
          <Input
            {...control('host')}
            spellCheck={false}
            value={values.host}
            onChange={(event) => set({ host: event.target.value })}
          />
        </Field>
        <Field id={id('port')} label={t('port')} required={values.enabled} error={errors['port']} hint={t('portHint')}>
          <InputNumber
            {...control('port')}
            min={1}
            max={65_535}
            precision={0}
            value={values.port}
            onChange={(next) => set({ port: next })}
          />
        </Field>
        <Field id={id('transport')} label={t('transport')} hint={t(`transports.${values.transport}Hint`)}>
          <div>
            <Segments
              label={t('transport')}
              value={values.transport}
              options={(['tls', 'tcp'] as const).map((key) => ({
                key,
                label: t(`transports.${key}`),
                disabled: denied !== undefined,
              }))}
              onChange={(next) => set({ transport: next })}
            />
          </div>
        </Field>
        <Field id={id('facility')} label={t('facility')} error={errors['facility']} hint={t('facilityHint')}>
          <Select
            {...control('facility')}
            value={values.facility}
            onChange={(next) => set({ facility: next })}
            options={Array.from({ length: 24 }, (_, code) => ({
              value: code,
              label: code === 13 ? t('facilityAudit', { code }) : String(code),
            }))}
            style={{ width: '100%' }}
          />
        </Field>
      </FieldGrid>
      {values.transport === 'tls' && (
        <FoldedSection id="syslog-ca-section" title={t('ca')} summary={values.ca === '' ? t('caPublic') : t('caOwn')}>
          <Field id={id('ca')} label={t('ca')} error={errors['ca']} hint={t('caHint')}>
            <Input.TextArea
              {...control('ca')}
              rows={5}
              className="bs-mono"
              spellCheck={false}
              value={values.ca}
              onChange={(event) => set({ ca: event.target.value })}
            />
          </Field>
        </FoldedSection>
      )}
      <div className={styles.space} />
      <ActionButton
        kind="primary"
        htmlType="submit"
        busy={update.isPending}
        reason={denied ?? (changed ? undefined : t('unchanged'))}
      >
        {c('save')}
      </ActionButton>
    </form>
  );
}
