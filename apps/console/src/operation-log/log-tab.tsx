'use client';
import { ActionButton, iconProps, useToast } from '@basalt/ui';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { Download, RotateCw, ShieldCheck } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import { background, useTRPC } from '@/api/client.ts';
import { readable } from '@/api/errors.ts';
import { sortOf } from '@/list/sort-of.ts';
import { useListState } from '@/list-state.ts';
import { usePermissionReason } from '@/session/session.tsx';
import { requestTokenMake } from '@/vms/request-token.ts';
import { LogList } from './log-list.tsx';
import { logFilterOf } from './log-query.ts';
import styles from './operation-log.module.css';
import { useMinute } from './use-minute.ts';
import { VerdictPanel } from './verdict-panel.tsx';

/** Leads the browser to a file of the door without leaving the page. */
function download(path: string): void {
  const link = document.createElement('a');
  link.href = path;
  link.download = '';
  link.click();
}

/** The whole log, its export and its verification. */
export function LogTab({ header }: { header: (actions: React.ReactNode) => React.ReactNode }) {
  const t = useTranslations('operationLog');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const toast = useToast();
  const now = useMinute();
  const permissionReason = usePermissionReason();
  const [state, setState] = useListState();
  const [verdictOpen, setVerdictOpen] = useState(false);
  const filter = logFilterOf(state, now);
  const sort = sortOf(state.sort, ['at']);
  const asked = { search: state.search, filter };
  const query = useQuery(
    trpc.operationLog.list.queryOptions(
      { limit: state.size, page: state.page, ...asked, ...(sort ? { sort } : {}) },
      { placeholderData: keepPreviousData },
    ),
  );
  // Rows do not move under the reader; how many there are by now is asked beside, which keeps no session alive.
  const latest = useQuery(
    trpc.operationLog.list.queryOptions(
      { limit: 1, ...asked },
      { refetchInterval: 15_000, placeholderData: keepPreviousData, trpc: { context: background } },
    ),
  );
  const newer = Math.max(0, (latest.data?.total ?? 0) - (query.data?.total ?? latest.data?.total ?? 0));
  const verify = useMutation(trpc.operationLog.verify.mutationOptions({ onMutate: () => setVerdictOpen(true) }));
  const save = useMutation(
    trpc.operationLog.export.mutationOptions({
      onSuccess: ({ path, rows }) => {
        toast({ tone: 'ok', title: t('exported', { count: rows }) });
        download(path);
      },
      onError: (error) => toast({ tone: 'err', title: readable(error, locale, c('noAnswer')).text }),
    }),
  );
  const actions = (
    <>
      <ActionButton kind="text" icon={<RotateCw {...iconProps(14)} />} onClick={() => void query.refetch()}>
        {newer > 0 ? t('newerCount', { count: newer }) : c('refresh')}
      </ActionButton>
      <ActionButton
        icon={<ShieldCheck {...iconProps()} />}
        reason={permissionReason('operationLog:verify')}
        busy={verify.isPending}
        onClick={() => verify.mutate({ requestToken: requestTokenMake() })}
      >
        {t('verify')}
      </ActionButton>
      <ActionButton
        icon={<Download {...iconProps()} />}
        reason={permissionReason('operationLog:export')}
        busy={save.isPending}
        onClick={() =>
          save.mutate({
            search: state.search,
            filter,
            timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
            requestToken: requestTokenMake(),
          })
        }
      >
        {t('export')}
      </ActionButton>
    </>
  );
  return (
    <LogList
      header={
        <>
          {header(actions)}
          {verdictOpen && (
            <div className={styles.band}>
              <VerdictPanel
                verdict={verify.data}
                error={verify.error}
                busy={verify.isPending}
                onClose={() => setVerdictOpen(false)}
              />
            </div>
          )}
          <div className={styles.space} />
        </>
      }
      state={state}
      onState={setState}
      query={query}
      withOperator
    />
  );
}
