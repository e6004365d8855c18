'use client';
import { accountLevel, type Role } from '@basalt/contract';
import { ActionButton, EmptyState, formatNumber, iconProps, RelativeTime, Tag, type DataColumn } from '@basalt/ui';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Copy, Pencil, Plus, Trash2 } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { CallMenu } from '@/actions/call-menu.tsx';
import { useCall } from '@/actions/use-call.ts';
import { useTRPC } from '@/api/client.ts';
import { ListPage } from '@/list/list-page.tsx';
import { sortOf, valuesOf } from '@/list/sort-of.ts';
import { toggleFilter, useListState } from '@/list-state.ts';
import { paths } from '@/paths.ts';
import { useConsole } from '@/session/session.tsx';
import { CloneDialog } from './clone-dialog.tsx';
import { RoleDeleteDialog, useRoleDeleteReason } from './role-delete-dialog.tsx';
import { useRoleSide } from './role-side.tsx';
import { useRoleName } from './role-words.ts';

const none = <span className="bs-none">—</span>;

/** Built-in and custom roles, the built-in ones first unless sorted. */
export function RolesPage() {
  const t = useTranslations('roles');
  const locale = useLocale();
  const trpc = useTRPC();
  const router = useRouter();
  const call = useCall();
  const { region } = useConsole();
  const nameOf = useRoleName();
  const deleteReason = useRoleDeleteReason();
  const [state, setState] = useListState();
  const [asking, setAsking] = useState<{ act: 'clone' | 'delete'; role: Role } | null>(null);
  useRoleSide(undefined, undefined);
  const kinds = state.filter['kind'] ?? [];
  const level = valuesOf(state.filter['level'], accountLevel);
  const sort = sortOf(state.sort, ['name', 'level', 'permissions', 'accounts', 'groups', 'createdAt']);
  const query = useQuery(
    trpc.role.list.queryOptions(
      {
        limit: state.size,
        page: state.page,
        search: state.search,
        ...(sort ? { sort } : {}),
        filter: {
          ...(kinds.length === 1 ? { builtIn: kinds[0] === 'builtIn' } : {}),
          ...(level?.length === 1 ? { level: level[0] } : {}),
        },
      },
      { placeholderData: keepPreviousData },
    ),
  );
  const columns: DataColumn<Role>[] = [
    {
      key: 'name',
      title: t('fields.name'),
      width: 310,
      sortable: true,
      render: (role) => (
        <>
          <Link href={paths.role(region.key, role.id)}>{nameOf(role.id, role.name)}</Link>{' '}
          {role.builtIn && <Tag line>{t('builtInOne')}</Tag>}
        </>
      ),
    },
    { key: 'level', title: t('fields.level'), width: 120, sortable: true, render: (role) => t(`level.${role.level}`) },
    { key: 'dataScope', title: t('fields.dataScope'), width: 140, render: (role) => t(`dataScope.${role.dataScope}`) },
    {
      key: 'permissions',
      title: t('permissions'),
      width: 110,
      sortable: true,
      align: 'right',
      render: (role) => formatNumber(role.permissions.length),
    },
    {
      key: 'accounts',
      title: t('fields.accounts'),
      width: 110,
      sortable: true,
      align: 'right',
      render: (role) => (role.accounts === 0 ? none : formatNumber(role.accounts)),
    },
    {
      key: 'groups',
      title: t('fields.groups'),
      width: 130,
      sortable: true,
      align: 'right',
      render: (role) => (role.groups === 0 ? none : formatNumber(role.groups)),
    },
    { key: 'note', title: t('fields.note'), width: 200, render: (role) => (role.note === '' ? none : role.note) },
    {
      key: 'createdAt',
      title: t('fields.createdAt'),
      width: 130,
      sortable: true,
      render: (role) => (role.createdAt === null ? none : <RelativeTime at={role.createdAt} locale={locale} />),
    },
  ];
  const create = (
    <ActionButton
      kind="primary"
      icon={<Plus {...iconProps()} />}
      reason={call.reason('role.create')}
      shortcut="C"
      onClick={() => router.push(paths.roleCreate(region.key))}
    >
      {call.label('role.create')}
    </ActionButton>
  );
  const facet = (field: 'kind' | 'level', value: string, label: string, divider = false) => ({
    key: `${field}:${value}`,
    label,
    count: null,
    divider,
    active: state.filter[field]?.includes(value) === true,
  });
  return (
    <>
      <ListPage<Role>
        title={t('title')}
        actions={create}
        state={state}
        onState={setState}
        query={query}
        columns={columns}
        rowKey={(role) => role.id}
        rowName={(role) => nameOf(role.id, role.name)}
        onOpen={(role) => router.push(paths.role(region.key, role.id))}
        facets={[
          facet('kind', 'builtIn', t('builtIn')),
          facet('kind', 'custom', t('custom')),
          facet('level', 'system', t('level.system'), true),
          facet('level', 'region', t('level.region')),
        ]}
        onFacet={(key) => {
          const [field = '', value = ''] = key.split(':');
          setState({ filter: toggleFilter(state.filter, field, value) });
        }}
        condition={(field, value) =>
          field === 'kind'
            ? { field: t('fields.kind'), value: value === 'builtIn' ? t('builtIn') : t('custom') }
            : field === 'level' && (value === 'system' || value === 'region')
              ? { field: t('fields.level'), value: t(`level.${value}`) }
              : undefined
        }
        rowActions={(role) => (
          <CallMenu
            inRow
            label={t('actionsOf', { name: nameOf(role.id, role.name) })}
            entries={[
              {
                key: 'role.update',
                icon: <Pencil {...iconProps()} />,
                reason: role.builtIn ? t('builtInFixed') : undefined,
                onRun: () => router.push(paths.role(region.key, role.id)),
              },
              { key: 'role.clone', icon: <Copy {...iconProps()} />, onRun: () => setAsking({ act: 'clone', role }) },
              {
                key: 'role.delete',
                icon: <Trash2 {...iconProps()} />,
                reason: deleteReason(role),
                onRun: () => setAsking({ act: 'delete', role }),
              },
            ]}
          />
        )}
        placeholder={t('search')}
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
      {asking && (
        <>
          <CloneDialog
            key={`clone-${asking.role.id}`}
            role={asking.role}
            open={asking.act === 'clone'}
            onClose={() => setAsking(null)}
          />
          <RoleDeleteDialog
            key={`delete-${asking.role.id}`}
            role={asking.role}
            open={asking.act === 'delete'}
            onClose={() => setAsking(null)}
            onDeleted={() => setAsking(null)}
          />
        </>
      )}
    </>
  );
}
