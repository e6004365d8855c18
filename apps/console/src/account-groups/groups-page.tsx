'use client';
import type { AccountGroup } from '@basalt/contract';
import { ActionButton, EmptyState, formatNumber, iconProps, RelativeTime, type DataColumn } from '@basalt/ui';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Pencil, Plus, Trash2 } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import Link from 'next/link';
import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import { useState } from 'react';
import { BindingText } from '@/accounts/binding-text.tsx';
import { CallMenu } from '@/actions/call-menu.tsx';
import { useCall } from '@/actions/use-call.ts';
import { useTRPC } from '@/api/client.ts';
import { ListPage } from '@/list/list-page.tsx';
import { sortOf } from '@/list/sort-of.ts';
import { useListState } from '@/list-state.ts';
import { paths } from '@/paths.ts';
import { useConsole } from '@/session/session.tsx';
import { GroupDeleteDialog } from './group-delete-dialog.tsx';
import { GroupDrawer } from './group-drawer.tsx';

const none = <span className="bs-none">—</span>;

/** Account groups: roles given once, held by every member. `?create=1` opens the drawer. */
export function GroupsPage() {
  const t = useTranslations('accountGroups');
  const locale = useLocale();
  const trpc = useTRPC();
  const router = useRouter();
  const pathname = usePathname();
  const params = useSearchParams();
  const call = useCall();
  const { region } = useConsole();
  const [state, setState] = useListState();
  const [acting, setActing] = useState<{ act: 'edit' | 'delete'; group: AccountGroup } | null>(null);
  const sort = sortOf(state.sort, ['name', 'members', 'createdAt']);
  const query = useQuery(
    trpc.accountGroup.list.queryOptions(
      { limit: state.size, page: state.page, search: state.search, ...(sort ? { sort } : {}) },
      { placeholderData: keepPreviousData },
    ),
  );
  const columns: DataColumn<AccountGroup>[] = [
    {
      key: 'name',
      title: t('fields.name'),
      width: 220,
      sortable: true,
      render: (group) => <Link href={paths.accountGroup(region.key, group.id)}>{group.name}</Link>,
    },
    {
      key: 'roles',
      title: t('fields.bindings'),
      width: 320,
      render: (group) =>
        group.bindings.length === 0
          ? none
          : group.bindings.map((binding, index) => (
              <span key={binding.id}>
                {index > 0 && ' · '}
                <BindingText role={binding.role} name={binding.roleName} scope={binding.scope} />
              </span>
            )),
    },
    {
      key: 'members',
      title: t('fields.members'),
      width: 90,
      sortable: true,
      align: 'right',
      render: (group) => (group.members.length === 0 ? none : formatNumber(group.members.length)),
    },
    {
      key: 'who',
      title: t('fields.who'),
      width: 260,
      render: (group) => {
        const words = group.members.map((member) => member.name).join(locale === 'zh-CN' ? '、' : ', ');
        return words === '' ? none : <span title={words}>{words}</span>;
      },
    },
    { key: 'note', title: t('fields.note'), width: 200, render: (group) => (group.note === '' ? none : group.note) },
    {
      key: 'createdAt',
      title: t('fields.createdAt'),
      width: 130,
      sortable: true,
      render: (group) => <RelativeTime at={group.createdAt} locale={locale} />,
    },
  ];
  const createReason = call.reason('accountGroup.create');
  const create = (
    <ActionButton
      kind="primary"
      icon={<Plus {...iconProps()} />}
      reason={createReason}
      shortcut="C"
      onClick={() => router.push(paths.accountGroupCreate(region.key))}
    >
      {call.label('accountGroup.create')}
    </ActionButton>
  );
  return (
    <>
      <ListPage<AccountGroup>
        title={t('title')}
        actions={create}
        state={state}
        onState={setState}
        query={query}
        columns={columns}
        rowKey={(group) => group.id}
        rowName={(group) => group.name}
        onOpen={(group) => router.push(paths.accountGroup(region.key, group.id))}
        rowActions={(group) => (
          <CallMenu
            inRow
            label={t('actionsOf', { name: group.name })}
            entries={[
              {
                key: 'accountGroup.update',
                icon: <Pencil {...iconProps()} />,
                onRun: () => setActing({ act: 'edit', group }),
              },
              {
                key: 'accountGroup.delete',
                icon: <Trash2 {...iconProps()} />,
                onRun: () => setActing({ act: 'delete', group }),
              },
            ]}
          />
        )}
        placeholder={t('search')}
        defaultSort={{ key: 'name', order: 'asc' }}
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
      {params.get('create') === '1' && createReason === undefined && (
        <GroupDrawer group={undefined} onClose={() => router.replace(pathname, { scroll: false })} />
      )}
      {acting?.act === 'edit' && (
        <GroupDrawer key={acting.group.id} group={acting.group} onClose={() => setActing(null)} />
      )}
      {acting?.act === 'delete' && (
        <GroupDeleteDialog group={acting.group} onClose={() => setActing(null)} onDeleted={() => setActing(null)} />
      )}
    </>
  );
}
