'use client';
import type { Account, EffectivePermissions, Permission } from '@basalt/contract';
import { FactGrid, Note, Panel, PanelGrid, PanelStack, SkeletonLines } from '@basalt/ui';
import { useQuery } from '@tanstack/react-query';
import { useLocale, useTranslations } from 'next-intl';
import { useMemo, useState } from 'react';
import { useTRPC } from '@/api/client.ts';
import { PermissionMatrix } from '@/roles/permission-matrix.tsx';
import { useConsole } from '@/session/session.tsx';
import { QueryError } from '@/shell/query-error.tsx';
import { effectiveSets } from './effective-sets.ts';
import { useScopeText } from './binding-text.tsx';

/** What an account may do in the end: the union of its roles, its groups' roles and their limits. */
export function AccountPermissions({ account }: { account: Account }) {
  const t = useTranslations('accounts.effective');
  const c = useTranslations('common');
  const trpc = useTRPC();
  const query = useQuery(trpc.account.effective.queryOptions({ id: account.id }));
  if (query.isError) return <QueryError title={t('failed')} error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data)
    return (
      <PanelGrid>
        <SkeletonLines lines={8} label={c('loading')} />
      </PanelGrid>
    );
  return <Effective account={account} effective={query.data} />;
}

function Effective({ account, effective }: { account: Account; effective: EffectivePermissions }) {
  const t = useTranslations('accounts.effective');
  const locale = useLocale();
  const scopeText = useScopeText();
  const { regions } = useConsole();
  const [text, setText] = useState('');
  const sets = useMemo(() => effectiveSets(effective), [effective]);
  const mark = (permission: Permission) =>
    sets.everywhere.has(permission)
      ? undefined
      : [...(sets.own.has(permission) ? [t('own')] : []), ...(sets.scoped.has(permission) ? [t('scoped')] : [])].join(
          ' · ',
        );
  return (
    <PanelGrid columns={[3, 1]}>
      <Panel flush>
        <PermissionMatrix granted={sets.all} level={account.level} text={text} onText={setText} mark={mark} />
      </Panel>
      <PanelStack>
        <Panel title={t('reach')}>
          <FactGrid
            facts={[
              {
                key: 'regions',
                label: t('regions'),
                value:
                  effective.regions === null
                    ? t('allRegions')
                    : effective.regions.length === 0
                      ? undefined
                      : effective.regions
                          .map((key) => regions.find((item) => item.key === key)?.name ?? key)
                          .join(locale === 'zh-CN' ? '、' : ', '),
              },
              { key: 'everywhere', label: t('everywhere'), value: t('count', { count: sets.everywhere.size }) },
              { key: 'own', label: t('ownLong'), value: t('count', { count: sets.own.size }) },
              { key: 'scoped', label: t('scopedLong'), value: t('count', { count: sets.scoped.size }) },
            ]}
          />
        </Panel>
        {effective.scoped.map((part, index) => (
          // Parts have no identity; they come in the order of the bindings.
          // oxlint-disable-next-line react/no-array-index-key
          <Panel key={index} title={t('scopedPart', { number: index + 1 })}>
            <FactGrid
              facts={[
                { key: 'scope', label: t('objects'), value: scopeText(part.scope) },
                { key: 'count', label: t('permissions'), value: t('count', { count: part.permissions.length }) },
              ]}
            />
          </Panel>
        ))}
        {account.frozen && <Note tone="off">{t('frozen')}</Note>}
      </PanelStack>
    </PanelGrid>
  );
}
