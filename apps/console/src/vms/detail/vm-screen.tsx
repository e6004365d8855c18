'use client';
import { RelativeTime, useNow } from '@basalt/ui';
import { useQuery } from '@tanstack/react-query';
import { useLocale, useTranslations } from 'next-intl';
import Link from 'next/link';
import { background, useTRPC } from '@/api/client.ts';
import { paths } from '@/paths.ts';
import { can, useConsole } from '@/session/session.tsx';
import { useVm } from './vm-context.tsx';
import styles from './vm-detail.module.css';

/** The screen as a small picture, taken every ten seconds while the VM runs and the page is looked at. */
export function VmScreen() {
  const t = useTranslations('vm');
  const locale = useLocale();
  const trpc = useTRPC();
  useNow();
  const { region, session } = useConsole();
  const { vm } = useVm();
  const on = vm.state === 'running' || vm.state === 'paused' || vm.state === 'rebooting';
  const shot = useQuery(
    trpc.vm.screenshot.queryOptions(
      { region: region.key, id: vm.id },
      {
        enabled: on && can(session, 'vm:console'),
        refetchInterval: 10_000,
        // TanStack stops intervals of hidden pages unless told otherwise.
        refetchIntervalInBackground: false,
        retry: false,
        trpc: { context: background },
      },
    ),
  );
  const png = on ? shot.data?.png : null;
  if (!png)
    return (
      <div className={styles.screen}>
        <span className={styles.screenText}>{t(on ? 'screenUnknown' : 'screenOff')}</span>
      </div>
    );
  return (
    <div className={styles.screen}>
      <Link className={styles.screenLink} href={paths.vm(region.key, vm.id, 'console')} aria-label={t('openConsole')}>
        <img src={png} alt={t('screenOf', { name: vm.name })} />
      </Link>
      {shot.data && (
        <span className={styles.screenAge}>
          <RelativeTime at={shot.data.at} locale={locale} />
        </span>
      )}
    </div>
  );
}
