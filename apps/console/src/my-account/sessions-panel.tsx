'use client';
import { ActionButton, Copyable, formatNumber, Panel, RelativeTime, SkeletonLines, useToast } from '@basalt/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useLocale, useTranslations } from 'next-intl';
import { useTRPC, useTRPCClient } from '@/api/client.ts';
import { readable } from '@/api/errors.ts';
import { usePermissionReason } from '@/session/session.tsx';
import { QueryError } from '@/shell/query-error.tsx';
import { requestTokenMake } from '@/vms/request-token.ts';
import { clientName } from './client-name.ts';
import styles from './my-account.module.css';

/** Where one is signed in, and ending it. */
export function SessionsPanel() {
  const t = useTranslations('myAccount.sessions');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const api = useTRPCClient();
  const client = useQueryClient();
  const toast = useToast();
  const reason = usePermissionReason()('myAccount:update');
  const sessions = useQuery(trpc.myAccount.sessions.queryOptions({}));
  const end = useMutation({
    mutationFn: async (ids: readonly (typeof rows)[number]['id'][]) => {
      for (const id of ids) await api.myAccount.endSession.mutate({ id, requestToken: requestTokenMake() });
    },
    onSuccess: (_, ids) => toast({ tone: 'ok', title: t('ended', { count: ids.length }) }),
    onError: (error) => toast({ tone: 'err', title: readable(error, locale, c('noAnswer')).text }),
    onSettled: () => void client.invalidateQueries({ queryKey: trpc.myAccount.sessions.pathKey() }),
  });
  const rows = sessions.data?.items ?? [];
  const others = rows.filter((row) => !row.current).map(({ id }) => id);
  return (
    <Panel
      title={t('title')}
      flush
      {...(sessions.data ? { count: formatNumber(rows.length) } : {})}
      extra={
        others.length > 0 && (
          <ActionButton
            kind="link"
            size="small"
            reason={reason}
            busy={end.isPending}
            onClick={() => end.mutate(others)}
          >
            {t('endOthers', { count: others.length })}
          </ActionButton>
        )
      }
    >
      {sessions.isError && (
        <QueryError title={t('failed')} error={sessions.error} onRetry={() => void sessions.refetch()} />
      )}
      {sessions.isPending && (
        <div className={styles.pad}>
          <SkeletonLines lines={2} label={c('loading')} />
        </div>
      )}
      {sessions.data && (
        <table className={styles.table} aria-label={t('title')}>
          <thead>
            <tr>
              <th>{t('client')}</th>
              <th>{t('address')}</th>
              <th>{t('begun')}</th>
              <th>{t('lastSeen')}</th>
              <th className={styles.end}>
                <span className="bs-visually-hidden">{c('table.rowActions')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.id} data-current={row.current}>
                <td title={row.client}>{clientName(row.client) || <span className="bs-none">—</span>}</td>
                <td>
                  <Copyable
                    text={row.address}
                    label={c('copyValue', { value: row.address })}
                    copiedLabel={c('copied')}
                  />
                </td>
                <td>
                  <RelativeTime at={row.createdAt} locale={locale} />
                </td>
                <td>
                  <RelativeTime at={row.lastSeenAt} locale={locale} />
                </td>
                <td className={styles.end}>
                  {row.current ? (
                    <span className="bs-tertiary">{t('current')}</span>
                  ) : (
                    <ActionButton
                      kind="link"
                      size="small"
                      label={t('endOne', { client: clientName(row.client), address: row.address })}
                      reason={reason}
                      onClick={() => end.mutate([row.id])}
                    >
                      {t('end')}
                    </ActionButton>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}
