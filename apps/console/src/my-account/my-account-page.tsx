'use client';
import {
  ActionButton,
  iconProps,
  PageHeader,
  PageTabs,
  PanelGrid,
  PanelStack,
  RelativeTime,
  SkeletonLines,
} from '@basalt/ui';
import { LogOut } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import { useSearchParams } from 'next/navigation';
import { paths } from '@/paths.ts';
import { useConsole } from '@/session/session.tsx';
import { useSignOut } from '@/session/use-sign-out.ts';
import { link } from '@/shell/link.tsx';
import { QueryError } from '@/shell/query-error.tsx';
import { MyLog } from '@/operation-log/my-log.tsx';
import { ApiKeysPanel } from './api-keys-panel.tsx';
import { PasswordPanel } from './password-panel.tsx';
import { ProfilePanel } from './profile-panel.tsx';
import { RolesPanel } from './roles-panel.tsx';
import { SessionsPanel } from './sessions-panel.tsx';
import { SignInsPanel } from './sign-ins-panel.tsx';
import { TotpPanel } from './totp-panel.tsx';
import { useMyAccount, type MyAccount } from './use-my-account.ts';

const tabs = ['security', 'keys', 'roles', 'log'] as const;

/** One's own account: who, how one signs in, keys, rights, deeds. */
export function MyAccountPage() {
  const t = useTranslations('myAccount');
  const c = useTranslations('common');
  const s = useTranslations('shell');
  const locale = useLocale();
  const params = useSearchParams();
  const { region } = useConsole();
  const signOut = useSignOut();
  const { account, reread } = useMyAccount();
  const tab = tabs.find((key) => key === params.get('tab')) ?? 'security';
  const last = account.data?.lastSignIn;
  return (
    <>
      <PageHeader
        title={t('title')}
        subtitle={
          account.data && (
            <>
              {account.data.name}
              {last && (
                <>
                  {' · '}
                  {t('lastSignIn')} <RelativeTime at={last.at} locale={locale} />{' '}
                  <span className="bs-mono">{last.address}</span>
                </>
              )}
            </>
          )
        }
        actions={
          <ActionButton icon={<LogOut {...iconProps()} />} onClick={signOut}>
            {s('signOut')}
          </ActionButton>
        }
      />
      <PageTabs
        label={t('title')}
        link={link}
        activeKey={tab}
        tabs={tabs.map((key) => ({
          key,
          label: t(`tabs.${key}`),
          href: key === 'security' ? paths.myAccount(region.key) : `${paths.myAccount(region.key)}?tab=${key}`,
        }))}
      />
      {tab === 'log' ? (
        <MyLog />
      ) : account.isError ? (
        <QueryError title={t('failed')} error={account.error} onRetry={() => void account.refetch()} />
      ) : account.data === undefined ? (
        <PanelGrid>
          <SkeletonLines lines={6} label={c('loading')} />
        </PanelGrid>
      ) : (
        <Tab tab={tab} account={account.data} reread={reread} />
      )}
    </>
  );
}

function Tab({ tab, account, reread }: { tab: 'security' | 'keys' | 'roles'; account: MyAccount; reread: () => void }) {
  if (tab === 'keys')
    return (
      <PanelGrid>
        <ApiKeysPanel />
      </PanelGrid>
    );
  if (tab === 'roles')
    return (
      <PanelGrid>
        <RolesPanel account={account} />
      </PanelGrid>
    );
  return (
    <PanelGrid columns={[5, 3]}>
      <PanelStack>
        <ProfilePanel account={account} reread={reread} />
        <PasswordPanel account={account} reread={reread} />
        <SessionsPanel />
      </PanelStack>
      <PanelStack>
        <TotpPanel account={account} reread={reread} />
        <SignInsPanel account={account} />
      </PanelStack>
    </PanelGrid>
  );
}
