'use client';
import type { Account } from '@basalt/contract';
import { ActionButton, BulkBar, EmptyState, iconProps, type Facet } from '@basalt/ui';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { Plus } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import { useState } from 'react';
import { CallMenu } from '@/actions/call-menu.tsx';
import { callFlags } from '@/actions/registry.ts';
import { useCall } from '@/actions/use-call.ts';
import { useTRPC } from '@/api/client.ts';
import { ListPage } from '@/list/list-page.tsx';
import { toggleFilter, useListState } from '@/list-state.ts';
import { paths } from '@/paths.ts';
import { useRoleName } from '@/roles/role-words.ts';
import { useRoles } from '@/roles/use-roles.ts';
import { can, useConsole } from '@/session/session.tsx';
import { applicability } from '@/vms/actions/applicability.ts';
import { useAccountColumns } from './account-columns.tsx';
import { AccountDrawer } from './account-drawer.tsx';
import { accountListQuery } from './account-query.ts';
import { accountStates, accountTones } from './account-state.ts';
import styles from './accounts.module.css';
import { useAccountActions } from './use-account-actions.tsx';

const rowCalls = [
  'account.update',
  'account.bindRoles',
  'account.grantRegions',
  'account.freeze',
  'account.unfreeze',
  'account.resetPassword',
  'account.resetTotp',
  'account.delete',
] as const;
const bulkCalls = ['account.freeze', 'account.unfreeze'] as const;
const levels = ['system', 'region'] as const;

/** All accounts of the platform; `?create=1` opens the drawer. */
export function AccountsPage() {
  const t = useTranslations('accounts');
  const c = useTranslations('common.table');
  const trpc = useTRPC();
  const router = useRouter();
  const pathname = usePathname();
  const params = useSearchParams();
  const call = useCall();
  const nameOf = useRoleName();
  const { region, session } = useConsole();
  const [state, setState] = useListState();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const query = useQuery(
    trpc.account.list.queryOptions(accountListQuery(state), { placeholderData: keepPreviousData }),
  );
  const roles = useRoles();
  const groups = useQuery(
    trpc.accountGroup.list.queryOptions({ limit: 200 }, { enabled: can(session, 'accountGroup:read') }),
  );
  const columns = useAccountColumns();
  const actions = useAccountActions(() => setSelected(new Set()));
  const chosen = (query.data?.items ?? []).filter((account) => selected.has(account.id));
  const counts = query.data?.facets;
  const facet = (field: 'state' | 'level', value: string, label: string, more: Partial<Facet> = {}): Facet => ({
    key: `${field}:${value}`,
    label,
    count: counts === undefined ? undefined : (counts[field][value] ?? 0),
    active: state.filter[field]?.includes(value) === true,
    ...more,
  });
  const only = (field: string, value: string | undefined) => {
    const { [field]: _gone, ...rest } = state.filter;
    setState({ filter: value === undefined ? rest : { ...rest, [field]: [value] } });
  };
  const createReason = call.reason('account.create');
  const create = (
    <ActionButton
      kind="primary"
      icon={<Plus {...iconProps()} />}
      reason={createReason}
      shortcut="C"
      onClick={() => router.push(paths.accountCreate(region.key))}
    >
      {call.label('account.create')}
    </ActionButton>
  );
  return (
    <>
      <ListPage<Account>
        title={t('title')}
        actions={create}
        note={actions.outcome}
        state={state}
        onState={setState}
        query={query}
        columns={columns}
        rowKey={(account) => account.id}
        rowName={(account) => account.email}
        onOpen={(account) => router.push(paths.account(region.key, account.id))}
        selection={{ keys: selected, onChange: setSelected }}
        facets={[
          ...accountStates.map((value) => facet('state', value, t(`state.${value}`), { tone: accountTones[value] })),
          ...levels.map((value, index) => facet('level', value, t(`level.${value}`), { divider: index === 0 })),
        ]}
        onFacet={(key) => {
          const [field = '', value = ''] = key.split(':');
          setState({ filter: toggleFilter(state.filter, field, value) });
        }}
        facetsExtra={
          <span className={styles.pickers}>
            <Select
              size="small"
              allowClear
              aria-label={t('byRole')}
              placeholder={t('byRole')}
              showSearch={{ optionFilterProp: 'label' }}
              value={state.filter['role']?.[0] ?? null}
              onChange={(value: string | null | undefined) => only('role', value ?? undefined)}
              options={(roles.data?.items ?? []).map((role) => ({
                value: role.id as string,
                label: nameOf(role.id, role.name),
              }))}
            />
            <Select
              size="small"
              allowClear
              aria-label={t('byGroup')}
              placeholder={t('byGroup')}
              showSearch={{ optionFilterProp: 'label' }}
              value={state.filter['group']?.[0] ?? null}
              onChange={(value: string | null | undefined) => only('group', value ?? undefined)}
              options={(groups.data?.items ?? []).map((group) => ({ value: group.id as string, label: group.name }))}
            />
          </span>
        }
        condition={(field, value) => {
          switch (field) {
            case 'state': {
              const known = accountStates.find((item) => item === value);
              return known && { field: t('fields.state'), value: t(`state.${known}`) };
            }
            case 'level': {
              const known = levels.find((item) => item === value);
              return known && { field: t('fields.level'), value: t(`level.${known}`) };
            }
            case 'role': {
              const role = roles.data?.items.find((item) => item.id === value);
              return { field: t('fields.bindings'), value: nameOf(value, role?.name ?? value) };
            }
            case 'group':
              return {
                field: t('fields.groups'),
                value: groups.data?.items.find((item) => item.id === value)?.name ?? value,
              };
            default:
              return undefined;
          }
        }}
        bulk={
          chosen.length > 0 && (
            <BulkBar
              label={c('bulk')}
              clearLabel={c('clearSelection')}
              onClear={() => setSelected(new Set())}
              actions={bulkCalls.map((key) => {
                const { possible, reason } = applicability(chosen, (account) => actions.reasonOf(key, account));
                const label = call.label(key);
                return {
                  key,
                  label:
                    possible.length > 0 && possible.length < chosen.length
                      ? `${label} ${possible.length}/${chosen.length}`
                      : label,
                  icon: actions.icons[key],
                  danger: callFlags(key).danger === true,
                  reason:
                    possible.length === 0
                      ? c('holdsFor', { reason: reason ?? '', count: 0, total: chosen.length })
                      : undefined,
                  onRun: () => actions.ask(key, chosen),
                };
              })}
            >
              {c('selected', { count: chosen.length })}
            </BulkBar>
          )
        }
        rowActions={(account) => (
          <CallMenu
            inRow
            label={t('actionsOf', { name: account.email })}
            before={[actions.seeAsEntry(account)]}
            entries={rowCalls.map((key) => actions.entry(key, account))}
          />
        )}
        placeholder={t('search')}
        defaultSort={{ key: 'email', order: 'asc' }}
        live={false}
        failed={t('failed')}
        stillWorks={t('stillWorks')}
        emptyFiltered={t('emptyFiltered')}
        empty={
          <EmptyState title={t('empty')} actions={create}>
            {t('emptyWhy')}
          </EmptyState>
        }
      />
      <AccountDrawer
        open={params.get('create') === '1' && createReason === undefined}
        onClose={() => router.replace(pathname, { scroll: false })}
        onSecret={actions.showSecret}
      />
      {actions.dialog}
    </>
  );
}
