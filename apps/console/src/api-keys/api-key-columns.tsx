'use client';
import type { ApiKey } from '@basalt/contract';
import { Copyable, formatNumber, RelativeTime, StateLabel, type DataColumn } from '@basalt/ui';
import { useLocale, useTranslations } from 'next-intl';
import Link from 'next/link';
import { paths } from '@/paths.ts';
import { can, useConsole } from '@/session/session.tsx';

/** Columns of API keys; the owner is left out where the page is the owner's. */
export function useApiKeyColumns(withOwner: boolean): DataColumn<ApiKey>[] {
  const t = useTranslations('apiKeys');
  const c = useTranslations('common');
  const locale = useLocale();
  const { region, session } = useConsole();
  return [
    { key: 'name', title: t('columns.name'), width: 180, render: (key) => key.name },
    {
      key: 'state',
      title: t('columns.state'),
      width: 110,
      render: (key) => (
        <StateLabel tone={key.enabled ? 'ok' : 'off'}>{t(key.enabled ? 'state.enabled' : 'state.disabled')}</StateLabel>
      ),
    },
    ...(withOwner
      ? [
          {
            key: 'account',
            title: t('columns.account'),
            width: 230,
            render: (key: ApiKey) =>
              can(session, 'account:read') ? (
                <Link href={paths.account(region.key, key.account.id)}>{key.account.email}</Link>
              ) : (
                key.account.email
              ),
          },
        ]
      : []),
    {
      key: 'publicKey',
      title: t('columns.publicKey'),
      width: 230,
      mono: true,
      render: (key) => (
        <Copyable text={key.publicKey} label={c('copyValue', { value: key.publicKey })} copiedLabel={c('copied')}>
          {key.publicKey.length > 24 ? `${key.publicKey.slice(0, 22)}…` : key.publicKey}
        </Copyable>
      ),
    },
    {
      key: 'permissions',
      title: t('columns.permissions'),
      width: 150,
      render: (key) =>
        key.permissions === null ? (
          t('allOfAccount')
        ) : (
          <span title={key.permissions.join('\n')}>
            {t('narrowed', { count: formatNumber(key.permissions.length) })}
          </span>
        ),
    },
    {
      key: 'lastUsed',
      title: t('columns.lastUsed'),
      width: 130,
      render: (key) =>
        key.lastUsed === null ? (
          <span className="bs-tertiary">{t('neverUsed')}</span>
        ) : (
          <RelativeTime at={key.lastUsed.at} locale={locale} />
        ),
    },
    {
      key: 'address',
      title: t('columns.address'),
      width: 140,
      mono: true,
      render: (key) => key.lastUsed?.address ?? <span className="bs-none">—</span>,
    },
    {
      key: 'createdAt',
      title: t('columns.createdAt'),
      width: 130,
      render: (key) => <RelativeTime at={key.createdAt} locale={locale} />,
    },
  ];
}
