'use client';
import type { Network } from '@basalt/contract';
import {
  ActionButton,
  EmptyState,
  formatNumber,
  iconProps,
  RelativeTime,
  StateLabel,
  UsageBar,
  type DataColumn,
} from '@basalt/ui';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import Link from 'next/link';
import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import { useTRPC } from '@/api/client.ts';
import { pickText } from '@/i18n/pick-text.ts';
import { ListPage } from '@/list/list-page.tsx';
import { sortOf } from '@/list/sort-of.ts';
import { useListState } from '@/list-state.ts';
import { paths } from '@/paths.ts';
import { useConsole, usePermissionReason } from '@/session/session.tsx';
import { NetworkDrawer } from './network-drawer.tsx';
import { networkTones } from './network-state.ts';

const none = <span className="bs-none">—</span>;

/** All flat networks; `?create=1` opens the drawer. */
export function NetworksPage() {
  const t = useTranslations('networks');
  const locale = useLocale();
  const trpc = useTRPC();
  const router = useRouter();
  const pathname = usePathname();
  const params = useSearchParams();
  const { region } = useConsole();
  const permissionReason = usePermissionReason();
  const [state, setState] = useListState();
  const sort = sortOf(state.sort, ['name', 'vlan', 'createdAt']);
  const query = useQuery(
    trpc.network.list.queryOptions(
      { region: region.key, limit: state.size, page: state.page, search: state.search, ...(sort ? { sort } : {}) },
      { placeholderData: keepPreviousData },
    ),
  );
  const columns: DataColumn<Network>[] = [
    {
      key: 'name',
      title: t('columns.name'),
      width: 220,
      sortable: true,
      render: (network) => <Link href={paths.network(region.key, network.id)}>{network.name}</Link>,
    },
    {
      key: 'state',
      title: t('columns.state'),
      width: 160,
      render: (network) => (
        <StateLabel
          tone={networkTones[network.state]}
          {...(network.reason === null ? {} : { detail: pickText(network.reason, locale) })}
        >
          {t(`state.${network.state}`)}
        </StateLabel>
      ),
    },
    {
      key: 'vlan',
      title: t('columns.vlan'),
      width: 110,
      align: 'right',
      sortable: true,
      render: (network) => (network.vlan === 0 ? t('untagged') : network.vlan),
    },
    { key: 'uplink', title: t('columns.uplink'), width: 130, render: (network) => network.uplink },
    {
      key: 'mtu',
      title: t('columns.mtu'),
      width: 80,
      align: 'right',
      render: (network) => formatNumber(network.mtu),
    },
    {
      key: 'cidr',
      title: t('columns.cidr'),
      width: 170,
      mono: true,
      render: (network) => network.subnet?.cidr ?? none,
    },
    {
      key: 'use',
      title: t('columns.use'),
      width: 230,
      render: ({ name, subnet }) =>
        subnet === null ? (
          none
        ) : (
          <UsageBar
            used={subnet.total === 0 ? 0 : subnet.used / subnet.total}
            label={t('useOf', { name, used: formatNumber(subnet.used), total: formatNumber(subnet.total) })}
          />
        ),
    },
    {
      key: 'addresses',
      title: t('columns.addresses'),
      width: 130,
      align: 'right',
      render: ({ subnet }) => (subnet === null ? none : `${formatNumber(subnet.used)} / ${formatNumber(subnet.total)}`),
    },
    {
      key: 'vms',
      title: t('columns.vms'),
      width: 110,
      align: 'right',
      render: (network) => (network.vms === 0 ? none : formatNumber(network.vms)),
    },
    {
      key: 'createdAt',
      title: t('columns.createdAt'),
      width: 130,
      sortable: true,
      optional: true,
      render: (network) => <RelativeTime at={network.createdAt} locale={locale} />,
    },
  ];
  const create = (
    <ActionButton
      kind="primary"
      icon={<Plus {...iconProps()} />}
      reason={permissionReason('network:create')}
      onClick={() => router.push(paths.networkCreate(region.key))}
    >
      {t('create.open')}
    </ActionButton>
  );
  return (
    <>
      <ListPage<Network>
        title={t('title')}
        actions={create}
        state={state}
        onState={setState}
        query={query}
        columns={columns}
        rowKey={(network) => network.id}
        rowName={(network) => network.name}
        onOpen={(network) => router.push(paths.network(region.key, network.id))}
        placeholder={t('search')}
        defaultSort={{ key: 'name', order: 'asc' }}
        failed={t('failed')}
        stillWorks={t('stillWorks')}
        emptyFiltered={t('emptyFiltered')}
        empty={
          <EmptyState title={t('empty')} actions={create}>
            {t('emptyWhy')}
          </EmptyState>
        }
      />
      <NetworkDrawer
        open={params.get('create') === '1' && permissionReason('network:create') === undefined}
        onClose={() => router.replace(pathname, { scroll: false })}
      />
    </>
  );
}
