'use client';
import type { Account } from '@basalt/contract';
import { ActionButton, FactGrid, Panel, PanelGrid, PanelStack, RelativeTime } from '@basalt/ui';
import { useLocale, useTranslations } from 'next-intl';
import Link from 'next/link';
import { useCall } from '@/actions/use-call.ts';
import { paths } from '@/paths.ts';
import { can, useConsole } from '@/session/session.tsx';
import { AccountSessions } from './account-sessions.tsx';
import styles from './accounts.module.css';
import { BindingText } from './binding-text.tsx';
import { LimitsText } from './limits-text.tsx';
import type { AccountCall, useAccountActions } from './use-account-actions.tsx';

/** What an account may do by whom, how it signs in, and where it is signed in now. */
export function AccountOverview({
  account,
  actions,
}: {
  account: Account;
  actions: ReturnType<typeof useAccountActions>;
}) {
  const t = useTranslations('accounts');
  const locale = useLocale();
  const call = useCall();
  const { region, regions, session } = useConsole();
  const edit = (key: AccountCall) => (
    <ActionButton
      kind="link"
      size="small"
      reason={actions.reasonOf(key, account)}
      onClick={() => actions.ask(key, [account])}
    >
      {call.label(key)}
    </ActionButton>
  );
  const regionName = (key: string) => regions.find((item) => item.key === key)?.name ?? key;
  return (
    <PanelGrid columns={[2, 1]}>
      <PanelStack>
        <Panel title={t('fields.bindings')} extra={edit('account.bindRoles')}>
          {account.bindings.length === 0 && account.groups.length === 0 && (
            <p className="bs-tertiary">{t('noRoles')}</p>
          )}
          <ul className={styles.lines}>
            {account.bindings.map((binding) => (
              <li key={binding.id}>
                <BindingText role={binding.role} name={binding.roleName} scope={binding.scope} />
              </li>
            ))}
            {account.groups.flatMap((group) =>
              group.bindings.map((binding) => (
                <li key={`${group.id}-${binding.id}`}>
                  <BindingText role={binding.role} name={binding.roleName} scope={binding.scope} />
                  <span className="bs-tertiary">{t('byGroupOf', { name: group.name })}</span>
                </li>
              )),
            )}
          </ul>
        </Panel>
        {can(session, 'session:read') && <AccountSessions account={account} />}
      </PanelStack>
      <PanelStack>
        <Panel title={t('facts')}>
          <FactGrid
            facts={[
              { key: 'level', label: t('fields.level'), value: t(`level.${account.level}`) },
              {
                key: 'groups',
                label: t('fields.groups'),
                value:
                  account.groups.length === 0
                    ? undefined
                    : account.groups.map((group, index) => (
                        <span key={group.id}>
                          {index > 0 && ' · '}
                          {can(session, 'accountGroup:read') ? (
                            <Link href={paths.accountGroup(region.key, group.id)}>{group.name}</Link>
                          ) : (
                            group.name
                          )}
                        </span>
                      )),
              },
              {
                key: 'totp',
                label: t('fields.totp'),
                value: t(account.totp ? 'totp.on' : 'totp.off'),
              },
              {
                key: 'password',
                label: t('fields.passwordChangedAt'),
                value: <RelativeTime at={account.passwordChangedAt} locale={locale} />,
              },
              {
                key: 'expires',
                label: t('fields.passwordExpiresAt'),
                value:
                  account.passwordExpiresAt === null ? (
                    t('neverExpires')
                  ) : (
                    <time dateTime={account.passwordExpiresAt}>{account.passwordExpiresAt.slice(0, 10)}</time>
                  ),
              },
              {
                key: 'last',
                label: t('fields.lastSignIn'),
                value:
                  account.lastSignIn === null ? (
                    t('never')
                  ) : (
                    <>
                      <RelativeTime at={account.lastSignIn.at} locale={locale} />{' '}
                      <span className="bs-mono bs-secondary">{account.lastSignIn.address}</span>
                    </>
                  ),
              },
              { key: 'note', label: t('fields.note'), value: account.note === '' ? undefined : account.note },
            ]}
          />
        </Panel>
        <Panel title={t('fields.regions')} extra={edit('account.grantRegions')}>
          {account.level === 'system' ? (
            t('allRegionsWhy')
          ) : account.regions.length === 0 ? (
            <span className="bs-tertiary">{t('hints.regionsNone')}</span>
          ) : (
            account.regions.map(regionName).join(locale === 'zh-CN' ? '、' : ', ')
          )}
        </Panel>
        <Panel title={t('limits.title')} extra={edit('account.setSourceLimits')}>
          <LimitsText limits={account.limits} />
        </Panel>
      </PanelStack>
    </PanelGrid>
  );
}
