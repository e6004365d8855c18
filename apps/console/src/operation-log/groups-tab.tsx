'use client';
import type { NotificationGroup } from '@basalt/contract';
import {
  ActionButton,
  ConfirmDialog,
  DataTable,
  EmptyState,
  formatNumber,
  iconProps,
  RelativeTime,
  useToast,
  type DataColumn,
} from '@basalt/ui';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Pencil, Plus, Trash2 } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import { useTRPC } from '@/api/client.ts';
import { readable } from '@/api/errors.ts';
import { useListState } from '@/list-state.ts';
import { can, useConsole, usePermissionReason } from '@/session/session.tsx';
import { QueryError } from '@/shell/query-error.tsx';
import { useTableLabels } from '@/use-table-labels.ts';
import { requestTokenMake } from '@/vms/request-token.ts';
import { GroupDrawer } from './group-drawer.tsx';

/** Who is told: named lists of addresses that rules point to. */
export function GroupsTab({ header }: { header: (actions: React.ReactNode) => React.ReactNode }) {
  const t = useTranslations('operationLog.groups');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const client = useQueryClient();
  const toast = useToast();
  const labels = useTableLabels(t('title'));
  const { session } = useConsole();
  const permissionReason = usePermissionReason();
  const readDenied = can(session, 'notificationGroup:read') ? undefined : permissionReason('notificationGroup:read');
  const [state, setState] = useListState();
  const groups = useQuery(
    trpc.notificationGroup.list.queryOptions(
      { limit: state.size, page: state.page },
      { enabled: readDenied === undefined, placeholderData: keepPreviousData },
    ),
  );
  const [editing, setEditing] = useState<NotificationGroup | 'new' | null>(null);
  const [deleting, setDeleting] = useState<NotificationGroup | null>(null);
  const reread = () => void client.invalidateQueries({ queryKey: trpc.notificationGroup.pathKey() });
  const remove = useMutation(
    trpc.notificationGroup.delete.mutationOptions({
      onSuccess: () => {
        toast({ tone: 'ok', title: t('deleted', { name: deleting?.name ?? '' }) });
        setDeleting(null);
      },
      onSettled: reread,
    }),
  );
  const columns: DataColumn<NotificationGroup>[] = [
    { key: 'name', title: t('name'), width: 220, render: (group) => group.name },
    {
      key: 'emails',
      title: t('emails'),
      width: 420,
      render: (group) => <span title={group.emails.join('\n')}>{group.emails.join(', ')}</span>,
    },
    {
      key: 'rules',
      title: t('rules'),
      width: 110,
      align: 'right',
      render: (group) => (group.rules === 0 ? <span className="bs-none">—</span> : formatNumber(group.rules)),
    },
    {
      key: 'createdAt',
      title: t('createdAt'),
      width: 130,
      render: (group) => <RelativeTime at={group.createdAt} locale={locale} />,
    },
  ];
  const create = (
    <ActionButton
      kind="primary"
      icon={<Plus {...iconProps()} />}
      reason={permissionReason('notificationGroup:create')}
      onClick={() => setEditing('new')}
    >
      {t('create')}
    </ActionButton>
  );
  return (
    <>
      {header(create)}
      <DataTable<NotificationGroup>
        columns={columns}
        rows={readDenied === undefined ? groups.data?.items : []}
        rowKey={(group) => group.id}
        rowName={(group) => group.name}
        loading={groups.isPending}
        labels={labels}
        {...(groups.isError
          ? { error: <QueryError title={t('failed')} error={groups.error} onRetry={() => void groups.refetch()} /> }
          : {})}
        empty={
          readDenied === undefined ? (
            <EmptyState title={t('empty')} actions={create}>
              {t('emptyWhy')}
            </EmptyState>
          ) : (
            <EmptyState title={t('hidden')}>{readDenied}</EmptyState>
          )
        }
        page={{
          offset: (state.page - 1) * state.size,
          size: state.size,
          total: groups.data?.total,
          onChange: (offset, size) =>
            setState(size === state.size ? { page: Math.floor(offset / size) + 1 } : { size }),
        }}
        rowActions={(group) => (
          <>
            <ActionButton
              kind="text"
              size="small"
              icon={<Pencil {...iconProps(14)} />}
              label={t('editOne', { name: group.name })}
              reason={permissionReason('notificationGroup:update')}
              onClick={() => setEditing(group)}
            />
            <ActionButton
              kind="text"
              size="small"
              danger
              icon={<Trash2 {...iconProps(14)} />}
              label={t('deleteOne', { name: group.name })}
              reason={
                permissionReason('notificationGroup:delete') ??
                (group.rules > 0 ? t('used', { count: group.rules }) : undefined)
              }
              onClick={() => setDeleting(group)}
            />
          </>
        )}
      />
      {editing !== null && <GroupDrawer subject={editing} onClose={() => setEditing(null)} onDone={reread} />}
      <ConfirmDialog
        open={deleting !== null}
        danger
        title={t('deleteTitle', { name: deleting?.name ?? '' })}
        facts={[
          { key: 'unused', tone: 'ok', text: t('deleteUnused') },
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
