'use client';
import type { Account } from '@basalt/contract';
import { formatNumber, RelativeTime, StateLabel, Tag, useNow, type DataColumn } from '@basalt/ui';
import { useLocale, useTranslations } from 'next-intl';
import Link from 'next/link';
import { paths } from '@/paths.ts';
import { useRoleName } from '@/roles/role-words.ts';
import { useConsole } from '@/session/session.tsx';
import { accountState, accountTones } from './account-state.ts';

const none = <span className="bs-none">—</span>;

/** The columns of every list of accounts. */
export function useAccountColumns(): DataColumn<Account>[] {
  const t = useTranslations('accounts');
  const locale = useLocale();
  const now = useNow();
  const nameOf = useRoleName();
  const { region, regions, session } = useConsole();
  const join = (words: string[]) => words.join(locale === 'zh-CN' ? '、' : ', ');
  const regionName = (key: string) => regions.find((item) => item.key === key)?.name ?? key;
  return [
    {
      key: 'email',
      title: t('fields.email'),
      width: 255,
      sortable: true,
      render: (account) => (
        <>
          <Link href={paths.account(region.key, account.id)}>{account.email}</Link>
          {account.id === session.account.id && (
            <>
              {' '}
              <Tag>{t('you')}</Tag>
            </>
          )}
        </>
      ),
    },
    { key: 'name', title: t('fields.name'), width: 120, sortable: true, render: (account) => account.name },
    {
      key: 'state',
      title: t('fields.state'),
      width: 100,
      render: (account) => {
        const state = accountState(account, now);
        return <StateLabel tone={accountTones[state]}>{t(`state.${state}`)}</StateLabel>;
      },
    },
    { key: 'level', title: t('fields.level'), width: 105, render: (account) => t(`level.${account.level}`) },
    {
      key: 'roles',
      title: t('fields.bindings'),
      width: 160,
      render: (account) => {
        const roles = [...account.bindings, ...account.groups.flatMap(({ bindings }) => bindings)];
        const words = join([...new Set(roles.map(({ role, roleName }) => nameOf(role, roleName)))]);
        return words === '' ? none : <span title={words}>{words}</span>;
      },
    },
    {
      key: 'groups',
      title: t('fields.groups'),
      width: 150,
      optional: true,
      render: (account) => (account.groups.length === 0 ? none : join(account.groups.map(({ name }) => name))),
    },
    {
      key: 'regions',
      title: t('fields.regions'),
      width: 110,
      render: (account) =>
        account.level === 'system'
          ? t('allRegions')
          : account.regions.length === 0
            ? none
            : join(account.regions.map(regionName)),
    },
    {
      key: 'totp',
      title: t('fields.totp'),
      width: 100,
      render: (account) => (account.totp ? t('totp.on') : <span className="bs-tertiary">{t('totp.off')}</span>),
    },
    {
      key: 'lastSignInAt',
      title: t('fields.lastSignIn'),
      width: 120,
      sortable: true,
      render: (account) =>
        account.lastSignIn === null ? (
          <span className="bs-tertiary">{t('never')}</span>
        ) : (
          <RelativeTime at={account.lastSignIn.at} locale={locale} />
        ),
    },
    {
      key: 'sessions',
      title: t('fields.sessions'),
      width: 90,
      align: 'right',
      optional: true,
      render: (account) => (account.sessions === 0 ? none : formatNumber(account.sessions)),
    },
    {
      key: 'apiKeys',
      title: t('fields.apiKeys'),
      width: 100,
      align: 'right',
      optional: true,
      render: (account) => (account.apiKeys === 0 ? none : formatNumber(account.apiKeys)),
    },
    {
      key: 'address',
      title: t('fields.lastAddress'),
      width: 150,
      mono: true,
      optional: true,
      render: (account) => account.lastSignIn?.address ?? none,
    },
    {
      key: 'note',
      title: t('fields.note'),
      width: 200,
      optional: true,
      render: (account) => (account.note === '' ? none : account.note),
    },
    {
      key: 'createdAt',
      title: t('fields.createdAt'),
      width: 130,
      sortable: true,
      optional: true,
      render: (account) => <RelativeTime at={account.createdAt} locale={locale} />,
    },
  ];
}
