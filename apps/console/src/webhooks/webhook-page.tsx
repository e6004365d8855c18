'use client';
import { webhookId, type Webhook } from '@basalt/contract';
import {
  ActionButton,
  Copyable,
  iconProps,
  Note,
  PageHeader,
  PanelGrid,
  PanelStack,
  SkeletonLines,
  StatePill,
} from '@basalt/ui';
import { useQuery } from '@tanstack/react-query';
import { KeyRound, Pencil, Power, RotateCw, SkipForward, Trash2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useRouter } from 'next/navigation';
import { useMemo, useState } from 'react';
import { CallMenu } from '@/actions/call-menu.tsx';
import { useCall } from '@/actions/use-call.ts';
import { useTRPC } from '@/api/client.ts';
import { paths } from '@/paths.ts';
import { useConsole } from '@/session/session.tsx';
import { useDescribePage } from '@/shell/page-context.tsx';
import { NotFoundMessage } from '@/shell/page-message.tsx';
import { QueryError } from '@/shell/query-error.tsx';
import { DeliveryTable } from './delivery-table.tsx';
import { useWebhookActions } from './use-webhook-actions.tsx';
import { WebhookDrawer } from './webhook-drawer.tsx';
import { polled, webhookTones } from './webhook-facts.ts';
import { PlacesPanel, SettingsPanel, StatePanel } from './webhook-panels.tsx';
import { WebhookSecretDialog, type ShownSecret } from './webhook-secret.tsx';
import { WebhookTestPanel } from './webhook-test-panel.tsx';
import styles from './webhooks.module.css';

export function WebhookPage({ id }: { id: string }) {
  const known = webhookId.safeParse(id);
  return known.success ? <KnownWebhook id={known.data} /> : <NotFoundMessage />;
}

function KnownWebhook({ id }: { id: Webhook['id'] }) {
  const t = useTranslations('webhooks');
  const c = useTranslations('common');
  const trpc = useTRPC();
  const [gone, setGone] = useState(false);
  const webhook = useQuery(trpc.webhook.get.queryOptions({ id }, { enabled: !gone }));
  useQuery(trpc.webhook.get.queryOptions({ id }, { ...polled, enabled: webhook.data !== undefined && !gone }));
  useDescribePage(useMemo(() => ({ title: webhook.data?.name ?? '' }), [webhook.data?.name]));
  return (
    <>
      {webhook.isError && (
        <QueryError title={t('failedOne')} error={webhook.error} onRetry={() => void webhook.refetch()} />
      )}
      {webhook.data && <WebhookBody webhook={webhook.data} onGone={() => setGone(true)} />}
      {webhook.isPending && (
        <PanelGrid>
          <SkeletonLines lines={6} label={c('loading')} />
        </PanelGrid>
      )}
    </>
  );
}

function WebhookBody({ webhook, onGone }: { webhook: Webhook; onGone: () => void }) {
  const t = useTranslations('webhooks');
  const c = useTranslations('common');
  const router = useRouter();
  const call = useCall();
  const { region } = useConsole();
  const [editing, setEditing] = useState(false);
  const [shown, setShown] = useState<ShownSecret | null>(null);
  const actions = useWebhookActions({
    onDeleted: () => {
      onGone();
      router.push(paths.webhooks(region.key));
    },
    onRotated: setShown,
  });
  const { lastFailure } = webhook;
  return (
    <>
      <PageHeader
        title={webhook.name}
        pill={<StatePill tone={webhookTones[webhook.state]}>{t(`state.${webhook.state}`)}</StatePill>}
        actions={
          <>
            <ActionButton
              icon={<RotateCw {...iconProps()} />}
              busy={actions.retrying}
              reason={call.reason('webhook.retry') ?? actions.retryReason(webhook)}
              onClick={() => actions.retry(webhook)}
            >
              {t('retry.action')}
            </ActionButton>
            <ActionButton
              icon={<Power {...iconProps()} />}
              busy={actions.toggling}
              reason={call.reason('webhook.update')}
              onClick={() => actions.toggle(webhook)}
            >
              {t(webhook.enabled ? 'turnOff' : 'turnOn')}
            </ActionButton>
            <ActionButton
              icon={<Pencil {...iconProps()} />}
              reason={call.reason('webhook.update')}
              onClick={() => setEditing(true)}
            >
              {t('edit')}
            </ActionButton>
            <CallMenu
              label={t('actionsOf', { name: webhook.name })}
              entries={[
                {
                  key: 'webhook.rotateSecret',
                  icon: <KeyRound {...iconProps()} />,
                  onRun: () => actions.ask('rotateSecret', webhook),
                },
                {
                  key: 'webhook.skip',
                  icon: <SkipForward {...iconProps()} />,
                  reason: actions.skipReason(webhook),
                  onRun: () => actions.ask('skip', webhook),
                },
                {
                  key: 'webhook.delete',
                  icon: <Trash2 {...iconProps()} />,
                  onRun: () => actions.ask('delete', webhook),
                },
              ]}
            />
          </>
        }
        facts={<Copyable text={webhook.id} label={c('copyValue', { value: webhook.id })} copiedLabel={c('copied')} />}
        {...(webhook.state === 'failing' && lastFailure
          ? {
              note: (
                <Note tone="err" title={t('failingTitle', { stage: t(`stages.${lastFailure.stage}`) })}>
                  {lastFailure.text}
                  {lastFailure.answer !== null && lastFailure.answer !== '' && (
                    <pre className={styles.answer} aria-label={t('answer')}>
                      {lastFailure.answer}
                    </pre>
                  )}
                </Note>
              ),
            }
          : {})}
      />
      <PanelGrid columns={[2, 1]}>
        <PanelStack>
          <PlacesPanel webhook={webhook} />
          <DeliveryTable webhook={webhook} />
        </PanelStack>
        <PanelStack>
          <StatePanel webhook={webhook} />
          <WebhookTestPanel webhook={webhook} />
          <SettingsPanel webhook={webhook} />
        </PanelStack>
      </PanelGrid>
      {editing && <WebhookDrawer webhook={webhook} onClose={() => setEditing(false)} />}
      {shown && <WebhookSecretDialog shown={shown} onKept={() => setShown(null)} />}
      {actions.dialog}
    </>
  );
}
