'use client';
import { FactGrid, formatExact, Panel, RelativeTime, StateLabel } from '@basalt/ui';
import { useLocale, useTranslations } from 'next-intl';
import type { MyAccount } from './use-my-account.ts';

/** The last sign-in that succeeded and those that failed: somebody else's tries are seen here first. */
export function SignInsPanel({ account }: { account: MyAccount }) {
  const t = useTranslations('myAccount.signIns');
  const locale = useLocale();
  const { lastSignIn, lastFailure } = account;
  const when = (at: string) => (
    <>
      {formatExact(new Date(at))}{' '}
      <span className="bs-tertiary">
        (<RelativeTime at={at} locale={locale} />)
      </span>
    </>
  );
  return (
    <Panel title={t('title')}>
      <FactGrid
        facts={[
          { key: 'last', label: t('success'), value: lastSignIn ? when(lastSignIn.at) : undefined },
          {
            key: 'from',
            label: t('from'),
            value: lastSignIn ? <span className="bs-mono">{lastSignIn.address}</span> : undefined,
          },
          {
            key: 'failure',
            label: t('failure'),
            value: lastFailure ? (
              <StateLabel tone="warn">{t('failures', { count: lastFailure.count })}</StateLabel>
            ) : (
              t('noFailure')
            ),
          },
          ...(lastFailure
            ? [
                { key: 'failureAt', label: t('failureAt'), value: when(lastFailure.at) },
                {
                  key: 'failureFrom',
                  label: t('from'),
                  value: <span className="bs-mono">{lastFailure.address}</span>,
                },
              ]
            : []),
        ]}
      />
    </Panel>
  );
}
