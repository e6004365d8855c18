'use client';
import type { Account, AccountSession } from '@basalt/contract';
import { ActionButton, ConfirmDialog, DataTable, formatNumber, Panel, RelativeTime, Tag, useToast } from '@basalt/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import { useCall } from '@/actions/use-call.ts';
import { useTRPC } from '@/api/client.ts';
import { readable } from '@/api/errors.ts';
import { clientName } from '@/my-account/client-name.ts';
import { QueryError } from '@/shell/query-error.tsx';
import styles from './accounts.module.css';
import { useTableLabels } from '@/use-table-labels.ts';
import { requestTokenMake } from '@/vms/request-token.ts';

/** Where an account is signed in now, each to be ended. */
export function AccountSessions({ account }: { account: Account }) {
  const t = useTranslations('accounts.sessions');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const client = useQueryClient();
  const toast = useToast();
  const call = useCall();
  const labels = useTableLabels(t('title'));
  const [asking, setAsking] = useState<AccountSession | null>(null);
  const query = useQuery(trpc.account.sessions.queryOptions({ id: account.id }, { refetchInterval: 30_000 }));
  const end = useMutation(
    trpc.account.endSession.mutationOptions({
      onSuccess: () => {
        setAsking(null);
        void client.invalidateQueries({ queryKey: trpc.account.pathKey() });
        toast({ tone: 'ok', title: t('ended', { name: account.name }) });
      },
    }),
  );
  return (
    <Panel flush title={t('title')} {...(query.data ? { count: formatNumber(query.data.items.length) } : {})}>
      <DataTable<AccountSession>
        fill={false}
        columns={[
          {
            key: 'address',
            title: t('address'),
            width: 170,
            render: (row) => (
              <>
                <span className="bs-mono">{row.address}</span> {row.current && <Tag>{t('current')}</Tag>}
              </>
            ),
          },
          {
            key: 'client',
            title: t('client'),
            width: 190,
            render: (row) => <span title={row.client}>{clientName(row.client)}</span>,
          },
          {
            key: 'createdAt',
            title: t('since'),
            width: 110,
            render: (row) => <RelativeTime at={row.createdAt} locale={locale} />,
          },
          {
            key: 'lastSeenAt',
            title: t('lastSeen'),
            width: 110,
            render: (row) => <RelativeTime at={row.lastSeenAt} locale={locale} />,
          },
          {
            key: 'end',
            title: '',
            width: 110,
            align: 'right',
            render: (row) => (
              <ActionButton
                kind="link"
                size="small"
                danger
                reason={call.reason('account.endSession') ?? (row.current ? t('own') : undefined)}
                onClick={() => setAsking(row)}
              >
                {t('end')}
              </ActionButton>
            ),
          },
        ]}
        rows={query.data?.items}
        rowKey={(row) => row.id}
        rowName={(row) => `${row.address} ${clientName(row.client)}`}
        loading={query.isPending}
        {...(query.isError
          ? { error: <QueryError title={t('failed')} error={query.error} onRetry={() => void query.refetch()} /> }
          : {})}
        empty={<p className={styles.emptyLine}>{t('none')}</p>}
        labels={labels}
      />
      <ConfirmDialog
        open={asking !== null}
        danger
        title={t('ask', { name: account.name })}
        facts={[
          { key: 'where', tone: 'off', text: asking?.address ?? '', detail: asking ? clientName(asking.client) : '' },
          { key: 'at-once', tone: 'warn', text: t('atOnce') },
        ]}
        confirmLabel={t('end')}
        cancelLabel={c('cancel')}
        closeLabel={c('close')}
        busy={end.isPending}
        error={end.isError ? readable(end.error, locale, c('noAnswer')).text : undefined}
        onCancel={() => {
          setAsking(null);
          end.reset();
        }}
        onConfirm={() =>
          asking && end.mutate({ id: account.id, sessionId: asking.id, requestToken: requestTokenMake() })
        }
      />
    </Panel>
  );
}
