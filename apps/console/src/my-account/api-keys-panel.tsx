'use client';
import type { ApiKey } from '@basalt/contract';
import {
  ActionButton,
  ConfirmDialog,
  Copyable,
  DataTable,
  EmptyState,
  formatNumber,
  iconProps,
  Note,
  Panel,
  RelativeTime,
  StateLabel,
  useToast,
  type DataColumn,
} from '@basalt/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Pause, Pencil, Play, Plus, Trash2 } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import { useTRPC } from '@/api/client.ts';
import { readable } from '@/api/errors.ts';
import { usePermissionReason } from '@/session/session.tsx';
import { QueryError } from '@/shell/query-error.tsx';
import { useTableLabels } from '@/use-table-labels.ts';
import { requestTokenMake } from '@/vms/request-token.ts';
import { ApiKeyDrawer } from './api-key-drawer.tsx';
import { ApiKeySecret, type NewKey } from './api-key-secret.tsx';

/** Own API keys: made, named, narrowed, paused and deleted; the private half is seen once. */
export function ApiKeysPanel() {
  const t = useTranslations('myAccount.keys');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const client = useQueryClient();
  const toast = useToast();
  const labels = useTableLabels(t('title'));
  const denied = usePermissionReason()('myAccount:manageApiKeys');
  const keys = useQuery(trpc.myAccount.apiKeys.queryOptions({}));
  const [editing, setEditing] = useState<ApiKey | 'new' | null>(null);
  const [made, setMade] = useState<NewKey | null>(null);
  const [deleting, setDeleting] = useState<ApiKey | null>(null);
  const reread = () => void client.invalidateQueries({ queryKey: trpc.myAccount.apiKeys.pathKey() });
  const toggle = useMutation(
    trpc.myAccount.updateApiKey.mutationOptions({
      onSuccess: (key) => toast({ tone: 'ok', title: t(key.enabled ? 'enabled' : 'disabled', { name: key.name }) }),
      onError: (error) => toast({ tone: 'err', title: readable(error, locale, c('noAnswer')).text }),
      onSettled: reread,
    }),
  );
  const remove = useMutation(
    trpc.myAccount.deleteApiKey.mutationOptions({
      onSuccess: () => {
        toast({ tone: 'ok', title: t('deleted', { name: deleting?.name ?? '' }) });
        setDeleting(null);
      },
      onSettled: reread,
    }),
  );
  const full = keys.data !== undefined && keys.data.items.length >= keys.data.max;
  const columns: DataColumn<ApiKey>[] = [
    { key: 'name', title: t('name'), width: 200, render: (key) => key.name },
    {
      key: 'state',
      title: t('state'),
      width: 110,
      render: (key) => (
        <StateLabel tone={key.enabled ? 'ok' : 'off'}>{t(key.enabled ? 'stateOn' : 'stateOff')}</StateLabel>
      ),
    },
    {
      key: 'publicKey',
      title: t('publicKey'),
      width: 260,
      render: (key) => (
        <Copyable text={key.publicKey} label={c('copyValue', { value: key.publicKey })} copiedLabel={c('copied')} />
      ),
    },
    {
      key: 'permissions',
      title: t('permissions'),
      width: 180,
      render: (key) =>
        key.permissions === null ? t('allPermissions') : t('somePermissions', { count: key.permissions.length }),
    },
    {
      key: 'lastUsed',
      title: t('lastUsed'),
      width: 220,
      render: (key) =>
        key.lastUsed === null ? (
          <span className="bs-none">{t('never')}</span>
        ) : (
          <>
            <RelativeTime at={key.lastUsed.at} locale={locale} />{' '}
            <span className="bs-mono">{key.lastUsed.address}</span>
          </>
        ),
    },
    {
      key: 'createdAt',
      title: t('createdAt'),
      width: 130,
      render: (key) => <RelativeTime at={key.createdAt} locale={locale} />,
    },
  ];
  const create = (
    <ActionButton
      size="small"
      icon={<Plus {...iconProps(14)} />}
      reason={denied ?? (full ? t('full', { max: keys.data.max }) : undefined)}
      onClick={() => setEditing('new')}
    >
      {t('create')}
    </ActionButton>
  );
  return (
    <>
      {made && <ApiKeySecret made={made} onKept={() => setMade(null)} />}
      <Panel
        title={t('title')}
        hint={t('hint')}
        flush
        {...(keys.data ? { count: `${formatNumber(keys.data.items.length)} / ${formatNumber(keys.data.max)}` } : {})}
        extra={create}
      >
        <DataTable<ApiKey>
          fill={false}
          columns={columns}
          rows={keys.data?.items}
          rowKey={(key) => key.id}
          rowName={(key) => key.name}
          loading={keys.isPending}
          labels={labels}
          {...(keys.isError
            ? {
                error: <QueryError title={t('failed')} error={keys.error} onRetry={() => void keys.refetch()} />,
              }
            : {})}
          empty={<EmptyState title={t('empty')}>{t('emptyWhy')}</EmptyState>}
          rowActions={(key) => (
            <>
              <ActionButton
                kind="text"
                size="small"
                icon={<Pencil {...iconProps(14)} />}
                label={t('editOne', { name: key.name })}
                reason={denied}
                onClick={() => setEditing(key)}
              />
              <ActionButton
                kind="text"
                size="small"
                icon={key.enabled ? <Pause {...iconProps(14)} /> : <Play {...iconProps(14)} />}
                label={t(key.enabled ? 'disableOne' : 'enableOne', { name: key.name })}
                reason={denied}
                onClick={() => toggle.mutate({ id: key.id, enabled: !key.enabled, requestToken: requestTokenMake() })}
              />
              <ActionButton
                kind="text"
                size="small"
                danger
                icon={<Trash2 {...iconProps(14)} />}
                label={t('deleteOne', { name: key.name })}
                reason={denied}
                onClick={() => setDeleting(key)}
              />
            </>
          )}
        />
      </Panel>
      {keys.data && keys.data.items.length > 0 && <Note tone="off">{t('sources')}</Note>}
      {editing !== null && (
        <ApiKeyDrawer
          subject={editing}
          onClose={() => setEditing(null)}
          onMade={(found) => {
            setMade(found);
            reread();
          }}
          onChanged={reread}
        />
      )}
      <ConfirmDialog
        open={deleting !== null}
        danger
        title={t('deleteTitle', { name: deleting?.name ?? '' })}
        facts={[
          {
            key: 'used',
            tone: deleting?.lastUsed ? 'warn' : 'ok',
            text: deleting?.lastUsed ? t('deleteUsed') : t('deleteUnused'),
            ...(deleting?.lastUsed ? { detail: <RelativeTime at={deleting.lastUsed.at} locale={locale} /> } : {}),
          },
          { key: 'gone', tone: 'warn', text: t('deleteGone') },
        ]}
        confirmLabel={t('delete')}
        cancelLabel={c('cancel')}
        closeLabel={c('close')}
        busy={remove.isPending}
        error={remove.isError ? readable(remove.error, locale, c('noAnswer')).text : undefined}
        onCancel={() => setDeleting(null)}
        onConfirm={() => deleting && remove.mutate({ id: deleting.id, requestToken: requestTokenMake() })}
      />
    </>
  );
}
