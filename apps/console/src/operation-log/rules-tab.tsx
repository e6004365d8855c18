'use client';
import type { LogRule } from '@basalt/contract';
import {
  ActionButton,
  ConfirmDialog,
  DataTable,
  EmptyState,
  iconProps,
  StateLabel,
  useToast,
  type DataColumn,
} from '@basalt/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Pencil, Plus, Trash2 } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import { useTRPC } from '@/api/client.ts';
import { readable } from '@/api/errors.ts';
import { useConsole, usePermissionReason } from '@/session/session.tsx';
import { QueryError } from '@/shell/query-error.tsx';
import { useTableLabels } from '@/use-table-labels.ts';
import { requestTokenMake } from '@/vms/request-token.ts';
import { RuleDrawer } from './rule-drawer.tsx';
import { useLogWords } from './use-log-words.ts';

/** Which entries are told to whom, by mail. */
export function RulesTab({ header }: { header: (actions: React.ReactNode) => React.ReactNode }) {
  const t = useTranslations('operationLog.rules');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const client = useQueryClient();
  const toast = useToast();
  const words = useLogWords();
  const labels = useTableLabels(t('title'));
  const { regions } = useConsole();
  const denied = usePermissionReason()('operationLog:manageRules');
  const rules = useQuery(trpc.operationLog.rules.queryOptions({}));
  const [editing, setEditing] = useState<LogRule | 'new' | null>(null);
  const [deleting, setDeleting] = useState<LogRule | null>(null);
  const reread = () => {
    void client.invalidateQueries({ queryKey: trpc.operationLog.rules.pathKey() });
    void client.invalidateQueries({ queryKey: trpc.notificationGroup.pathKey() });
  };
  const remove = useMutation(
    trpc.operationLog.deleteRule.mutationOptions({
      onSuccess: () => {
        toast({ tone: 'ok', title: t('deleted', { name: deleting?.name ?? '' }) });
        setDeleting(null);
      },
      onSettled: reread,
    }),
  );
  const join = (texts: readonly string[], all: string) =>
    texts.length === 0 ? all : texts.join(locale === 'zh-CN' ? '、' : ', ');
  const columns: DataColumn<LogRule>[] = [
    { key: 'name', title: t('name'), width: 220, render: (rule) => rule.name },
    {
      key: 'enabled',
      title: t('state'),
      width: 110,
      render: (rule) => <StateLabel tone={rule.enabled ? 'ok' : 'off'}>{t(rule.enabled ? 'on' : 'off')}</StateLabel>,
    },
    {
      key: 'regions',
      title: t('regions'),
      width: 180,
      render: (rule) =>
        join(
          rule.regions.map((key) => regions.find((item) => item.key === key)?.name ?? key),
          t('allRegions'),
        ),
    },
    {
      key: 'modules',
      title: t('modules'),
      width: 240,
      render: (rule) => join(rule.modules.map(words.module), t('allModules')),
    },
    { key: 'result', title: t('result'), width: 140, render: (rule) => t(`results.${rule.result}`) },
    { key: 'group', title: t('group'), width: 180, render: (rule) => rule.notificationGroup },
  ];
  const create = (
    <ActionButton kind="primary" icon={<Plus {...iconProps()} />} reason={denied} onClick={() => setEditing('new')}>
      {t('create')}
    </ActionButton>
  );
  return (
    <>
      {header(create)}
      <DataTable<LogRule>
        columns={columns}
        rows={rules.data?.items}
        rowKey={(rule) => rule.id}
        rowName={(rule) => rule.name}
        loading={rules.isPending}
        labels={labels}
        {...(denied === undefined ? { onOpen: (rule: LogRule) => setEditing(rule) } : {})}
        {...(rules.isError
          ? { error: <QueryError title={t('failed')} error={rules.error} onRetry={() => void rules.refetch()} /> }
          : {})}
        empty={
          <EmptyState title={t('empty')} actions={create}>
            {t('emptyWhy')}
          </EmptyState>
        }
        rowActions={(rule) => (
          <>
            <ActionButton
              kind="text"
              size="small"
              icon={<Pencil {...iconProps(14)} />}
              label={t('editOne', { name: rule.name })}
              reason={denied}
              onClick={() => setEditing(rule)}
            />
            <ActionButton
              kind="text"
              size="small"
              danger
              icon={<Trash2 {...iconProps(14)} />}
              label={t('deleteOne', { name: rule.name })}
              reason={denied}
              onClick={() => setDeleting(rule)}
            />
          </>
        )}
      />
      {editing !== null && <RuleDrawer subject={editing} onClose={() => setEditing(null)} onDone={reread} />}
      <ConfirmDialog
        open={deleting !== null}
        danger
        title={t('deleteTitle', { name: deleting?.name ?? '' })}
        facts={[
          {
            key: 'told',
            tone: 'warn',
            text: t('deleteWhy', { group: deleting?.notificationGroup ?? '' }),
          },
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
