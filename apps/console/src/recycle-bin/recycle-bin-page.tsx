'use client';
import { errorText, type VmSummary } from '@basalt/contract';
import {
  ActionButton,
  BulkBar,
  ConfirmDialog,
  EmptyState,
  formatBytes,
  RelativeTime,
  useToast,
  type DataColumn,
  type PreflightFact,
} from '@basalt/ui';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useLocale, useTranslations } from 'next-intl';
import Link from 'next/link';
import { useState } from 'react';
import { useTRPC } from '@/api/client.ts';
import { readable } from '@/api/errors.ts';
import { ListPage } from '@/list/list-page.tsx';
import { sortOf } from '@/list/sort-of.ts';
import { useListState } from '@/list-state.ts';
import { paths } from '@/paths.ts';
import { useConsole, usePermissionReason } from '@/session/session.tsx';
import { useForeignFact } from '@/vms/actions/use-foreign-fact.ts';

const none = <span className="bs-none">—</span>;

/** Deleted virtual machines: back with everything they had, or gone for good. */
export function RecycleBinPage() {
  const t = useTranslations('recycleBin');
  const c = useTranslations('common');
  const locale = useLocale();
  const trpc = useTRPC();
  const client = useQueryClient();
  const toast = useToast();
  const { region } = useConsole();
  const permissionReason = usePermissionReason();
  const [state, setState] = useListState();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [asking, setAsking] = useState<{ act: 'undelete' | 'destroy'; vms: readonly VmSummary[] } | null>(null);
  const foreignFact = useForeignFact();
  const sort = sortOf(state.sort, ['name', 'vcpu', 'memory']);
  const query = useQuery(
    trpc.vm.list.queryOptions(
      {
        region: region.key,
        limit: state.size,
        page: state.page,
        search: state.search,
        filter: { state: ['deleted'] },
        ...(sort ? { sort } : {}),
      },
      { placeholderData: keepPreviousData },
    ),
  );
  const bulk = useMutation(
    trpc.vm.bulk.mutationOptions({
      onSuccess: ({ items }, { action }) => {
        setAsking(null);
        setSelected(new Set());
        void client.invalidateQueries({ queryKey: trpc.vm.pathKey() });
        const refused = items.filter((item) => item.error !== null);
        const first = refused[0]?.error;
        toast({
          tone: refused.length > 0 ? 'warn' : 'busy',
          title: t(action === 'destroy' ? 'destroying' : 'restoring', { count: items.length - refused.length }),
          ...(first
            ? {
                description: t('refused', {
                  count: refused.length,
                  reason: errorText(first.code, first.params, locale),
                }),
                duration: 15,
              }
            : {}),
          action: <Link href={paths.tasks(region.key)}>{c('toTask')}</Link>,
        });
      },
    }),
  );
  const restoreReason = permissionReason('recycleBin:restore');
  const destroyReason = permissionReason('recycleBin:destroy');
  const run = (action: 'undelete' | 'destroy', vms: readonly VmSummary[]) =>
    bulk.mutate({ region: region.key, action, ids: vms.map((vm) => vm.id) });
  // One's own come back without a question; about those of others is asked.
  const restore = (vms: readonly VmSummary[]) =>
    foreignFact(vms).length === 0 ? run('undelete', vms) : setAsking({ act: 'undelete', vms });
  const chosen = query.data?.items.filter((vm) => selected.has(vm.id)) ?? [];
  const addresses = asking?.vms.flatMap((vm) => vm.addresses) ?? [];
  const destroying = asking?.act === 'destroy';
  const destroyFacts: PreflightFact[] = [
    { key: 'disks', tone: 'err', text: t('confirm.disks') },
    {
      key: 'addresses',
      tone: addresses.length === 0 ? 'off' : 'warn',
      text:
        addresses.length === 0 ? t('confirm.noAddresses') : t('confirm.addresses', { addresses: addresses.join(', ') }),
    },
  ];
  const columns: DataColumn<VmSummary>[] = [
    {
      key: 'name',
      title: t('columns.name'),
      width: 240,
      sortable: true,
      render: (vm) => <Link href={paths.vm(region.key, vm.id)}>{vm.name}</Link>,
    },
    {
      key: 'deleted',
      title: t('columns.deleted'),
      width: 140,
      render: (vm) => <RelativeTime at={vm.stateSince} locale={locale} />,
    },
    { key: 'vcpu', title: t('columns.vcpu'), width: 80, align: 'right', sortable: true, render: (vm) => vm.vcpu },
    {
      key: 'memory',
      title: t('columns.memory'),
      width: 110,
      align: 'right',
      sortable: true,
      render: (vm) => formatBytes(vm.memory),
    },
    {
      key: 'addresses',
      title: t('columns.addresses'),
      width: 200,
      mono: true,
      render: (vm) => (vm.addresses.length === 0 ? none : vm.addresses.join(', ')),
    },
    { key: 'image', title: t('columns.image'), width: 180, render: (vm) => vm.image?.name ?? none },
    { key: 'owner', title: t('columns.owner'), width: 140, render: (vm) => vm.owner.name },
  ];
  return (
    <>
      <ListPage<VmSummary>
        title={t('title')}
        state={state}
        onState={setState}
        query={query}
        columns={columns}
        rowKey={(vm) => vm.id}
        rowName={(vm) => vm.name}
        selection={{ keys: selected, onChange: setSelected }}
        rowActions={(vm) => (
          <>
            <ActionButton
              size="small"
              kind="link"
              reason={permissionReason('recycleBin:restore', vm)}
              onClick={() => restore([vm])}
            >
              {t('restore')}
            </ActionButton>
            <ActionButton
              size="small"
              kind="link"
              danger
              reason={permissionReason('recycleBin:destroy', vm)}
              onClick={() => setAsking({ act: 'destroy', vms: [vm] })}
            >
              {t('destroy')}
            </ActionButton>
          </>
        )}
        {...(chosen.length > 0
          ? {
              bulk: (
                <BulkBar
                  label={c('table.bulk')}
                  clearLabel={c('table.clearSelection')}
                  onClear={() => setSelected(new Set())}
                  actions={[
                    {
                      key: 'restore',
                      label: t('restore'),
                      ...(restoreReason === undefined ? {} : { reason: restoreReason }),
                      onRun: () => restore(chosen),
                    },
                    {
                      key: 'destroy',
                      label: t('destroy'),
                      danger: true,
                      ...(destroyReason === undefined ? {} : { reason: destroyReason }),
                      onRun: () => setAsking({ act: 'destroy', vms: chosen }),
                    },
                  ]}
                >
                  {c('table.selected', { count: chosen.length })}
                </BulkBar>
              ),
            }
          : {})}
        placeholder={t('search')}
        failed={t('failed')}
        emptyFiltered={t('emptyFiltered')}
        empty={<EmptyState title={t('empty')}>{t('emptyWhy')}</EmptyState>}
      />
      <ConfirmDialog
        open={asking !== null}
        danger={destroying}
        title={t(destroying ? 'confirm.title' : 'confirm.restoreTitle', { count: asking?.vms.length ?? 0 })}
        subtitle={asking?.vms.map((vm) => vm.name).join(', ')}
        facts={[...foreignFact(asking?.vms ?? []), ...(destroying ? destroyFacts : [])]}
        confirmLabel={destroying ? t('confirm.action') : t('restore')}
        cancelLabel={c('cancel')}
        closeLabel={c('close')}
        busy={bulk.isPending}
        error={bulk.isError && asking !== null ? readable(bulk.error, locale, c('noAnswer')).text : undefined}
        onCancel={() => {
          bulk.reset();
          setAsking(null);
        }}
        onConfirm={() => asking && run(asking.act, asking.vms)}
      />
    </>
  );
}
