'use client';
import { WEBHOOKS_MAX, type Webhook } from '@basalt/contract';
import { ActionButton, EmptyState, iconProps, PageHeader, PageTabs } from '@basalt/ui';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Pencil, Plus, RotateCw, Trash2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import { useState } from 'react';
import { CallMenu } from '@/actions/call-menu.tsx';
import { useCall } from '@/actions/use-call.ts';
import { useTRPC } from '@/api/client.ts';
import { ListPage } from '@/list/list-page.tsx';
import { sortOf } from '@/list/sort-of.ts';
import { useListState } from '@/list-state.ts';
import { paths } from '@/paths.ts';
import { useConsole } from '@/session/session.tsx';
import { link } from '@/shell/link.tsx';
import { DestinationsTab } from './destinations-tab.tsx';
import { useWebhookActions } from './use-webhook-actions.tsx';
import { useWebhookColumns } from './webhook-columns.tsx';
import { WebhookDrawer } from './webhook-drawer.tsx';
import { polled } from './webhook-facts.ts';
import { WebhookSecretDialog, type ShownSecret } from './webhook-secret.tsx';

const tabs = ['list', 'destinations'] as const;

/** Webhooks, and the private networks that they may be sent to. */
export function WebhooksPage() {
  const t = useTranslations('webhooks');
  const params = useSearchParams();
  const { region } = useConsole();
  const tab = tabs.find((key) => key === params.get('tab')) ?? 'list';
  const header = (actions?: React.ReactNode) => (
    <>
      <PageHeader title={t('title')} actions={actions} />
      <PageTabs
        label={t('title')}
        link={link}
        activeKey={tab}
        tabs={[
          { key: 'list', label: t('tabs.list'), href: paths.webhooks(region.key) },
          { key: 'destinations', label: t('tabs.destinations'), href: paths.webhookDestinations(region.key) },
        ]}
      />
    </>
  );
  return tab === 'destinations' ? <DestinationsTab header={header} /> : <WebhooksTab header={header} />;
}

/** All webhooks; `?create=1` opens the drawer. */
function WebhooksTab({ header }: { header: (actions: React.ReactNode) => React.ReactNode }) {
  const t = useTranslations('webhooks');
  const trpc = useTRPC();
  const router = useRouter();
  const pathname = usePathname();
  const params = useSearchParams();
  const call = useCall();
  const { region } = useConsole();
  const [state, setState] = useListState();
  const [editing, setEditing] = useState<Webhook | null>(null);
  const [made, setMade] = useState<(ShownSecret & { id: string }) | null>(null);
  const sort = sortOf(state.sort, ['name', 'url', 'createdAt']);
  const input = { limit: state.size, page: state.page, search: state.search, ...(sort ? { sort } : {}) };
  const query = useQuery(trpc.webhook.list.queryOptions(input, { placeholderData: keepPreviousData }));
  useQuery(trpc.webhook.list.queryOptions(input, { ...polled, enabled: query.data !== undefined }));
  const columns = useWebhookColumns();
  const actions = useWebhookActions();
  const full = state.search === '' && (query.data?.total ?? 0) >= WEBHOOKS_MAX;
  const createReason = call.reason('webhook.create') ?? (full ? t('full', { max: WEBHOOKS_MAX }) : undefined);
  const create = (
    <ActionButton
      kind="primary"
      icon={<Plus {...iconProps()} />}
      reason={createReason}
      shortcut="C"
      onClick={() => router.push(paths.webhookCreate(region.key))}
    >
      {call.label('webhook.create')}
    </ActionButton>
  );
  return (
    <>
      <ListPage<Webhook>
        header={header(create)}
        title={t('title')}
        state={state}
        onState={setState}
        query={query}
        columns={columns}
        rowKey={(webhook) => webhook.id}
        rowName={(webhook) => webhook.name}
        onOpen={(webhook) => router.push(paths.webhook(region.key, webhook.id))}
        rowActions={(webhook) => (
          <CallMenu
            inRow
            label={t('actionsOf', { name: webhook.name })}
            entries={[
              { key: 'webhook.update', icon: <Pencil {...iconProps()} />, onRun: () => setEditing(webhook) },
              {
                key: 'webhook.retry',
                icon: <RotateCw {...iconProps()} />,
                reason: actions.retryReason(webhook),
                onRun: () => actions.retry(webhook),
              },
              { key: 'webhook.delete', icon: <Trash2 {...iconProps()} />, onRun: () => actions.ask('delete', webhook) },
            ]}
          />
        )}
        placeholder={t('search')}
        defaultSort={{ key: 'name', order: 'asc' }}
        live={false}
        failed={t('failed')}
        stillWorks={t('stillWorks')}
        emptyFiltered={t('emptyFiltered')}
        empty={
          <EmptyState title={t('empty')} actions={create}>
            {t('emptyWhy')}
          </EmptyState>
        }
      />
      {params.get('create') === '1' && createReason === undefined && (
        <WebhookDrawer
          webhook={undefined}
          onClose={() => router.replace(pathname, { scroll: false })}
          onMade={({ webhook, secret }) => setMade({ id: webhook.id, name: webhook.name, secret })}
        />
      )}
      {editing && <WebhookDrawer key={editing.id} webhook={editing} onClose={() => setEditing(null)} />}
      {made && (
        <WebhookSecretDialog
          shown={made}
          onKept={() => {
            setMade(null);
            router.push(paths.webhook(region.key, made.id));
          }}
        />
      )}
      {actions.dialog}
    </>
  );
}
