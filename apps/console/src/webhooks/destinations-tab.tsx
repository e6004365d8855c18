'use client';
import { procedures, type WebhookDestinations } from '@basalt/contract';
import {
  ActionButton,
  Field,
  formatExact,
  Note,
  Panel,
  PanelGrid,
  SkeletonLines,
  StateMark,
  useToast,
} from '@basalt/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Input } from 'antd';
import { useTranslations } from 'next-intl';
import { useCall } from '@/actions/use-call.ts';
import { useTRPC } from '@/api/client.ts';
import { SettingsNotes } from '@/forms/settings-notes.tsx';
import { UnsavedGuard } from '@/forms/unsaved-guard.tsx';
import { useSettingsForm } from '@/forms/use-settings-form.ts';
import { QueryError } from '@/shell/query-error.tsx';
import { requestTokenMake } from '@/vms/request-token.ts';
import { networksOf, webhookFieldOf } from './webhook-form.ts';
import styles from './webhooks.module.css';

const examples = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fd00::/8'];

/** Private networks that webhooks may be sent to: whoever makes a webhook must not reach into the data centre by it. */
export function DestinationsTab({ header }: { header: () => React.ReactNode }) {
  const t = useTranslations('webhooks.destinations');
  const c = useTranslations('common');
  const trpc = useTRPC();
  const destinations = useQuery(trpc.webhook.destinations.queryOptions({}));
  return (
    <>
      {header()}
      {destinations.isError && (
        <QueryError title={t('failed')} error={destinations.error} onRetry={() => void destinations.refetch()} />
      )}
      <PanelGrid columns={[2, 1]}>
        <Panel title={t('title')}>
          {destinations.isPending && <SkeletonLines lines={5} label={c('loading')} />}
          {destinations.data && <DestinationsForm stored={destinations.data} reread={() => destinations.refetch()} />}
        </Panel>
        <Panel title={t('rules')}>
          <ul className={styles.lines}>
            {(['public', 'private', 'metadata', 'resolved'] as const).map((key) => (
              <li key={key}>
                <StateMark tone={key === 'public' ? 'ok' : key === 'private' ? 'warn' : 'off'} />
                <span>{t(`rule.${key}`)}</span>
              </li>
            ))}
          </ul>
        </Panel>
      </PanelGrid>
    </>
  );
}

interface DestinationsFormProps {
  stored: WebhookDestinations;
  reread: () => Promise<{ data: WebhookDestinations | undefined }>;
}

function DestinationsForm({ stored, reread }: DestinationsFormProps) {
  const t = useTranslations('webhooks.destinations');
  const c = useTranslations('common');
  const trpc = useTRPC();
  const client = useQueryClient();
  const toast = useToast();
  const denied = useCall().reason('webhook.updateDestinations');
  const settings = useSettingsForm({
    stored,
    formOf: ({ allowed }) => ({ allowed: allowed.join('\n') }),
    fields: ['allowed'] as const,
    idOf: (field) => `destinations-${field}`,
    reread,
    disabled: denied !== undefined,
    fieldOf: webhookFieldOf,
  });
  const { base, form, changed, errors, set, control } = settings;
  const update = useMutation(
    trpc.webhook.updateDestinations.mutationOptions({
      onSuccess: (next) => {
        client.setQueriesData({ queryKey: trpc.webhook.destinations.pathKey() }, next);
        settings.begin(next);
        toast({ tone: 'ok', title: t('saved') });
      },
      onError: settings.refuse,
    }),
  );
  const submit = () => {
    const { input } = procedures.webhook.updateDestinations;
    const allowed = networksOf(form.allowed);
    const wrong = allowed.filter((text) => !input.shape.allowed.element.safeParse(text).success);
    const parsed = input.safeParse({ allowed, version: base.version });
    const max = 64;
    const found: Record<string, string> =
      wrong[0] !== undefined
        ? { allowed: t('wrong', { text: wrong[0] }) }
        : allowed.length > max
          ? { allowed: t('tooMany', { max }) }
          : {};
    if (settings.show(found) && parsed.success) update.mutate({ ...parsed.data, requestToken: requestTokenMake() });
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!update.isPending && denied === undefined && changed) submit();
      }}
    >
      <UnsavedGuard active={changed && !update.isPending} />
      <div className={styles.notes}>
        {denied !== undefined && <Note tone="off">{denied}</Note>}
        <SettingsNotes settings={settings} label={() => t('allowed')} readAgain={t('readAgain')} />
      </div>
      <Field
        id="destinations-allowed"
        label={t('allowed')}
        error={errors['allowed']}
        hint={t('hint', { examples: examples.join(', ') })}
      >
        <Input.TextArea
          {...control('allowed')}
          autoSize={{ minRows: 6, maxRows: 20 }}
          className="bs-mono"
          spellCheck={false}
          placeholder={t('placeholder')}
          value={form.allowed}
          onChange={(event) => set({ allowed: event.target.value })}
        />
      </Field>
      <div className={styles.foot}>
        <ActionButton
          kind="primary"
          htmlType="submit"
          busy={update.isPending}
          reason={denied ?? (changed ? undefined : t('unchanged'))}
        >
          {c('save')}
        </ActionButton>
        {changed && <ActionButton onClick={settings.discard}>{t('discard')}</ActionButton>}
        <span className="bs-tertiary">
          {base.updatedAt === null
            ? t('neverChanged')
            : t('changedAt', { time: formatExact(new Date(base.updatedAt)) })}
        </span>
      </div>
    </form>
  );
}
