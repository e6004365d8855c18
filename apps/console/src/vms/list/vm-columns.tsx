'use client';
import type { VmSummary } from '@basalt/contract';
import { formatBytes, iconProps, RelativeTime, type DataColumn } from '@basalt/ui';
import { ShieldCheck } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import Link from 'next/link';
import { useMemo } from 'react';
import { paths } from '@/paths.ts';
import { Copy, none, sizeText, VmStateLabel } from '../vm-facts.tsx';

/** Every column the list can show, the frozen name first; keys that the server sorts by are those of the contract. */
export function useVmColumns(region: string): DataColumn<VmSummary>[] {
  const t = useTranslations('vm');
  const locale = useLocale();
  return useMemo(
    () => [
      {
        key: 'name',
        title: t('columns.name'),
        width: 160,
        sortable: true,
        render: (vm) => (
          <>
            <Link href={paths.vm(region, vm.id)} prefetch={false}>
              {vm.name}
            </Link>
            {vm.protected && (
              <>
                {' '}
                <ShieldCheck {...iconProps(12)} aria-label={t('protected')} />
              </>
            )}
          </>
        ),
      },
      {
        key: 'state',
        title: t('columns.state'),
        width: 165,
        sortable: true,
        render: (vm) => <VmStateLabel vm={vm} />,
      },
      {
        key: 'address',
        title: t('columns.address'),
        width: 145,
        sortable: true,
        mono: true,
        render: (vm) => {
          const [first, ...rest] = vm.addresses;
          if (first === undefined) return none;
          return (
            <span title={vm.addresses.join(' ')}>
              <Copy text={first} />
              {rest.length > 0 && <span className="bs-tertiary"> +{rest.length}</span>}
            </span>
          );
        },
      },
      {
        key: 'host',
        title: t('columns.host'),
        width: 90,
        sortable: true,
        render: (vm) =>
          vm.host ? (
            <Link href={paths.host(region, vm.host.id)} prefetch={false}>
              {vm.host.name}
            </Link>
          ) : (
            none
          ),
      },
      {
        key: 'vcpu',
        title: t('columns.size'),
        width: 80,
        align: 'right',
        sortable: true,
        render: (vm) => sizeText(vm),
      },
      {
        key: 'memory',
        title: t('columns.memory'),
        width: 80,
        align: 'right',
        sortable: true,
        render: (vm) => formatBytes(vm.memory),
      },
      { key: 'image', title: t('columns.image'), width: 110, render: (vm) => vm.image?.name ?? none },
      { key: 'owner', title: t('columns.owner'), width: 110, optional: true, render: (vm) => vm.owner.name },
      {
        key: 'createdAt',
        title: t('columns.createdAt'),
        width: 125,
        align: 'right',
        sortable: true,
        render: (vm) => <RelativeTime at={vm.createdAt} locale={locale} />,
      },
      { key: 'cluster', title: t('columns.cluster'), width: 120, optional: true, render: (vm) => vm.cluster.name },
      {
        key: 'stateSince',
        title: t('columns.stateSince'),
        width: 130,
        align: 'right',
        optional: true,
        render: (vm) => <RelativeTime at={vm.stateSince} locale={locale} />,
      },
      { key: 'note', title: t('columns.note'), width: 180, optional: true, render: (vm) => vm.note || none },
      {
        key: 'id',
        title: t('columns.id'),
        width: 300,
        optional: true,
        mono: true,
        render: (vm) => <Copy text={vm.id} />,
      },
    ],
    [t, locale, region],
  );
}
