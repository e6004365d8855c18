'use client';
import { ActionButton, ErrorState, SkeletonLines } from '@basalt/ui';
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useRouter } from 'next/navigation';
import { useEffect } from 'react';
import { useTRPC } from '@/api/client.ts';
import { isSignedOut } from '@/api/errors.ts';
import { paths } from '@/paths.ts';
import { QueryError } from '@/shell/query-error.tsx';
import { activityWatch } from './activity.ts';
import { seeAsAccount, seeAsGo } from './see-as.ts';
import { ConsoleContextProvider } from './session.tsx';
import styles from './session-gate.module.css';

/** Shows what is below only with a session and a region; leads elsewhere or says why when there is none. */
export function SessionGate({ regionKey, children }: { regionKey: string | undefined; children: React.ReactNode }) {
  const t = useTranslations('shell');
  const c = useTranslations('common');
  const trpc = useTRPC();
  const router = useRouter();
  const session = useQuery(trpc.session.current.queryOptions({}, { staleTime: 60_000 }));
  // An account seen as need not be asked for its password: nothing can be changed anyway.
  const mustChange = session.data?.mustChangePassword === true && session.data.seeAs === null;
  const regions = useQuery(
    trpc.region.list.queryOptions({}, { enabled: session.isSuccess && !mustChange, refetchInterval: 10_000 }),
  );
  const region = regions.data?.items.find((item) => item.key === regionKey);
  const first = regions.data?.items[0];

  const { refetch } = session;
  useEffect(() => activityWatch(window, () => void refetch()), [refetch]);
  useEffect(() => {
    if (mustChange) router.replace(paths.password());
    // The home address, and a region that is not (or no longer) granted.
    else if (region === undefined && first !== undefined) router.replace(paths.overview(first.key));
  }, [mustChange, region, first, router]);

  if (session.data && regions.data && region) {
    return (
      <ConsoleContextProvider value={{ session: session.data, region, regions: regions.data.items }}>
        {children}
      </ConsoleContextProvider>
    );
  }
  return (
    <main className={styles.wait}>
      {session.isError && !isSignedOut(session.error) && seeAsAccount() !== null ? (
        <>
          <QueryError title={t('seeAs.failed')} error={session.error} />
          <ActionButton kind="primary" onClick={() => seeAsGo(null, paths.home())}>
            {t('seeAs.end')}
          </ActionButton>
        </>
      ) : session.isError && !isSignedOut(session.error) ? (
        <QueryError title={t('sessionFailed')} error={session.error} onRetry={() => void session.refetch()} />
      ) : regions.isError && !isSignedOut(regions.error) ? (
        <QueryError title={t('regionFailed')} error={regions.error} onRetry={() => void regions.refetch()} />
      ) : regions.data?.items.length === 0 ? (
        <ErrorState title={t('noRegion')} why={t('noRegionWhy')} />
      ) : (
        <SkeletonLines label={c('loading')} />
      )}
    </main>
  );
}
