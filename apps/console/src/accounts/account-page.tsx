'use client';
import { accountId, type Account } from '@basalt/contract';
import {
  ActionButton,
  Copyable,
  iconProps,
  Note,
  PageHeader,
  PageTabs,
  PanelGrid,
  RelativeTime,
  SkeletonLines,
  StatePill,
  Tag,
  useNow,
} from '@basalt/ui';
import { useQuery } from '@tanstack/react-query';
import { Eye } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import { useRouter, useSearchParams } from 'next/navigation';
import { useMemo } from 'react';
import { CallMenu } from '@/actions/call-menu.tsx';
import { useCall } from '@/actions/use-call.ts';
import { useTRPC } from '@/api/client.ts';
import { paths } from '@/paths.ts';
import { can, useConsole } from '@/session/session.tsx';
import { link } from '@/shell/link.tsx';
import { useDescribePage } from '@/shell/page-context.tsx';
import { NotFoundMessage } from '@/shell/page-message.tsx';
import { QueryError } from '@/shell/query-error.tsx';
import { AccountKeys } from './account-keys.tsx';
import { AccountLog } from './account-log.tsx';
import { AccountOverview } from './account-overview.tsx';
import { AccountPermissions } from './account-permissions.tsx';
import { accountState, accountTones } from './account-state.ts';
import { useAccountActions } from './use-account-actions.tsx';

const tabs = ['overview', 'permissions', 'keys', 'log'] as const;
type Tab = (typeof tabs)[number];
const menu = [
  'account.bindRoles',
  'account.grantRegions',
  'account.setSourceLimits',
  'account.resetPassword',
  'account.resetTotp',
  'account.delete',
] as const;

export function AccountPage({ id }: { id: string }) {
  const known = accountId.safeParse(id);
  return known.success ? <KnownAccount id={known.data} /> : <NotFoundMessage />;
}

function KnownAccount({ id }: { id: Account['id'] }) {
  const t = useTranslations('accounts');
  const c = useTranslations('common');
  const trpc = useTRPC();
  const account = useQuery(trpc.account.get.queryOptions({ id }));
  useDescribePage(useMemo(() => ({ title: account.data?.name ?? '' }), [account.data?.name]));
  return (
    <>
      {account.isError && (
        <QueryError title={t('failedOne')} error={account.error} onRetry={() => void account.refetch()} />
      )}
      {account.data && <AccountBody account={account.data} />}
      {account.isPending && (
        <PanelGrid>
          <SkeletonLines lines={6} label={c('loading')} />
        </PanelGrid>
      )}
    </>
  );
}

function AccountBody({ account }: { account: Account }) {
  const t = useTranslations('accounts');
  const c = useTranslations('common');
  const locale = useLocale();
  const now = useNow();
  const router = useRouter();
  const call = useCall();
  const { region, session } = useConsole();
  const wanted = useSearchParams().get('tab');
  const tab: Tab = tabs.find((key) => key === wanted) ?? 'overview';
  const actions = useAccountActions((done) => {
    if (done === 'account.delete') router.push(paths.accounts(region.key));
  });
  const state = accountState(account, now);
  const seeAs = actions.seeAsEntry(account);
  const shown = tabs.filter(
    (key) => (key !== 'keys' || can(session, 'apiKey:read')) && (key !== 'log' || can(session, 'operationLog:read')),
  );
  const turn = state === 'active' ? ('account.freeze' as const) : ('account.unfreeze' as const);
  return (
    <>
      <PageHeader
        title={account.name}
        pill={
          <>
            <StatePill tone={accountTones[state]}>{t(`state.${state}`)}</StatePill>
            {account.builtIn && <Tag line>{t('builtIn')}</Tag>}
          </>
        }
        subtitle={t(`level.${account.level}`)}
        actions={
          <>
            <ActionButton icon={<Eye {...iconProps()} />} reason={seeAs.reason} onClick={seeAs.onRun}>
              {t('seeAs.action')}
            </ActionButton>
            <ActionButton
              icon={actions.icons['account.update']}
              reason={actions.reasonOf('account.update', account)}
              onClick={() => actions.ask('account.update', [account])}
            >
              {call.label('account.update')}
            </ActionButton>
            <ActionButton
              icon={actions.icons[turn]}
              danger={turn === 'account.freeze'}
              reason={actions.reasonOf(turn, account)}
              onClick={() => actions.ask(turn, [account])}
            >
              {call.label(turn)}
            </ActionButton>
            <CallMenu
              label={t('actionsOf', { name: account.email })}
              entries={menu.map((key) => actions.entry(key, account))}
            />
          </>
        }
        facts={
          <>
            <Copyable text={account.email} label={c('copyValue', { value: account.email })} copiedLabel={c('copied')} />
            <Copyable text={account.id} label={c('copyValue', { value: account.id })} copiedLabel={c('copied')}>
              {account.id.slice(-12)}
            </Copyable>
            <span>
              <span className="bs-tertiary">{t('fields.createdAt')}</span>{' '}
              <RelativeTime at={account.createdAt} locale={locale} />
            </span>
          </>
        }
        note={
          actions.outcome ??
          (state === 'locked' && account.lockedUntil !== null ? (
            <Note tone="warn" title={t('lockedTitle')}>
              {t('lockedUntil')} <RelativeTime at={account.lockedUntil} locale={locale} />
            </Note>
          ) : account.mustChangePassword ? (
            <Note tone="off">{t('mustChangeNow')}</Note>
          ) : undefined)
        }
      />
      <PageTabs
        label={t('tabs.label')}
        link={link}
        activeKey={tab}
        tabs={shown.map((key) => ({
          key,
          label: t(`tabs.${key}`),
          ...(key === 'keys' ? { count: account.apiKeys } : {}),
          href: `${paths.account(region.key, account.id)}${key === 'overview' ? '' : `?tab=${key}`}`,
        }))}
      />
      {tab === 'overview' && <AccountOverview account={account} actions={actions} />}
      {tab === 'permissions' && <AccountPermissions account={account} />}
      {tab === 'keys' && <AccountKeys account={account} />}
      {tab === 'log' && <AccountLog account={account} />}
      {actions.dialog}
    </>
  );
}
