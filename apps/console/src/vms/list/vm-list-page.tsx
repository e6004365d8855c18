'use client';
import { stateColor, stateLabel, vmState, type VmSummary } from '@basalt/contract';
import {
  ActionButton,
  ColumnChooser,
  DataTable,
  EmptyState,
  Facets,
  FilteredEmpty,
  formatClock,
  formatNumber,
  iconProps,
  PageHeader,
  QueryBar,
  usePageKeys,
} from '@basalt/ui';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { Ellipsis, Plus } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import { useRouter } from 'next/navigation';
import { useTRPC, useTRPCClient } from '@/api/client.ts';
import { toggleFilter, useListState } from '@/list-state.ts';
import { LiveStatus } from '@/live-status.tsx';
import { paths } from '@/paths.ts';
import { usePermissionReason, useRegion } from '@/session/session.tsx';
import { QueryError } from '@/shell/query-error.tsx';
import { useTableLabels } from '@/use-table-labels.ts';
import { actionIcons } from '../actions/action-icons.tsx';
import { useActionReason } from '../actions/use-action-reason.ts';
import { useVmActions } from '../actions/use-vm-actions.tsx';
import { VmActionMenu } from '../actions/vm-action-menu.tsx';
import { useVmSelection } from './use-vm-selection.ts';
import { VmBulkBar } from './vm-bulk-bar.tsx';
import { useVmColumns } from './vm-columns.tsx';
import styles from './vm-list.module.css';
import { conditionText, vmFilterKeys, vmListQuery } from './vm-query.ts';

const rowMenu = ['start', 'shutdown', 'reboot', 'powerOff', 'reset', 'delete'] as const;
const binMenu = ['undelete', 'destroy'] as const;
const alwaysShown = ['running', 'stopped', 'error'] as const;
const bulkMost = 1000;

/** Every VM of the region: search, conditions, sort and page stand in the address; events patch rows in place. */
export function VmListPage() {
  const t = useTranslations('vm');
  const c = useTranslations('common');
  const locale = useLocale();
  const region = useRegion();
  const router = useRouter();
  const trpc = useTRPC();
  const client = useTRPCClient();
  const permissionReason = usePermissionReason();
  const reasonOf = useActionReason();
  const [state, setState] = useListState();
  const query = vmListQuery(region, state);
  const list = useQuery(trpc.vm.list.queryOptions(query, { placeholderData: keepPreviousData }));
  const data = list.data;
  const rows = data?.items;
  const labels = useTableLabels(t('list'));
  const columns = useVmColumns(region);
  const selection = useVmSelection(rows);
  const actions = useVmActions((action) => {
    if (action === 'delete' || action === 'destroy') selection.clear();
  });

  const createReason = permissionReason('vm:create');
  const create = () => router.push(paths.vmCreate(region));
  usePageKeys((key) => {
    if (key !== 'c' || createReason !== undefined) return false;
    create();
    return true;
  });

  const conditions = vmFilterKeys.flatMap((field) =>
    (state.filter[field] ?? []).map((value) => {
      const known = field === 'state' ? vmState.safeParse(value) : undefined;
      return {
        key: `${field}:${value}`,
        field,
        value,
        text: known?.success ? stateLabel('vm', known.data, locale) : conditionText(field, value, rows ?? []),
      };
    }),
  );
  const drop = (key: string) => {
    const found = conditions.find((item) => item.key === key);
    if (found) setState({ filter: toggleFilter(state.filter, found.field, found.value) });
  };
  const filtered = conditions.length > 0 || state.search !== '';

  const counts = data?.facets.state ?? {};
  const facets = vmState.options
    .filter(
      (key) =>
        (counts[key] ?? 0) > 0 ||
        alwaysShown.some((shown) => shown === key) ||
        state.filter['state']?.includes(key) === true,
    )
    .map((key) => ({
      key,
      label: stateLabel('vm', key, locale),
      tone: stateColor('vm', key),
      count: data ? (counts[key] ?? 0) : undefined,
      active: state.filter['state']?.includes(key) === true,
    }));

  const selectAll = async () => {
    const all: VmSummary[] = [];
    const pages = Math.ceil(Math.min(data?.total ?? 0, bulkMost) / 200);
    for (let page = 1; page <= pages; page += 1)
      all.push(...(await client.vm.list.query({ ...query, page, limit: 200 })).items);
    selection.selectAll(all.slice(0, bulkMost));
  };

  return (
    <>
      <PageHeader
        title={t('list')}
        actions={
          <ActionButton
            // The empty list has the primary button in its middle.
            kind={data?.total === 0 && !filtered ? 'default' : 'primary'}
            icon={<Plus {...iconProps()} />}
            reason={createReason}
            shortcut="C"
            onClick={create}
          >
            {t('create.title')}
          </ActionButton>
        }
        note={actions.outcome ?? undefined}
      />
      <QueryBar
        label={c('table.search')}
        placeholder={t('searchPlaceholder')}
        text={state.search}
        onText={(search) => search !== state.search && setState({ search })}
        onRemove={drop}
        result={data && c('table.matches', { count: formatNumber(data.total) })}
        chips={conditions.map((item) => ({
          key: item.key,
          field: t(`filters.${item.field}`),
          value: item.text,
          removeLabel: c('table.removeCondition', { name: `${t(`filters.${item.field}`)} ${item.text}` }),
        }))}
      >
        <ColumnChooser
          columns={columns}
          visible={state.columns}
          onChange={(visible) => setState({ columns: visible })}
          label={t('columnsButton')}
          resetLabel={c('table.columnsReset')}
        />
      </QueryBar>
      <Facets
        label={c('table.facets')}
        facets={facets}
        onToggle={(key) => setState({ filter: toggleFilter(state.filter, 'state', key) })}
      />
      <VmBulkBar
        items={selection.items}
        selectAll={
          data && data.total > selection.items.length
            ? { total: Math.min(data.total, bulkMost), onSelect: () => void selectAll() }
            : undefined
        }
        onAsk={(action) => actions.ask(action, selection.items)}
        onClear={selection.clear}
      />
      <DataTable<VmSummary>
        columns={columns}
        visible={state.columns}
        rows={rows}
        rowKey={(vm) => vm.id}
        rowName={(vm) => vm.name}
        loading={list.isPending}
        error={
          list.isError ? (
            <QueryError
              title={t('listFailed')}
              error={list.error}
              onRetry={() => void list.refetch()}
              facts={
                data
                  ? [
                      {
                        label: c('stillWorks'),
                        value: c('lastDataFrom', { time: formatClock(new Date(list.dataUpdatedAt), true) }),
                      },
                    ]
                  : []
              }
            />
          ) : undefined
        }
        empty={
          filtered ? (
            <FilteredEmpty
              title={t('noMatch')}
              offers={[
                ...(state.search === ''
                  ? []
                  : [
                      {
                        key: 'search',
                        label: c('table.dropCondition', { name: t('quoted', { text: state.search }) }),
                        onDrop: () => setState({ search: '' }),
                      },
                    ]),
                ...conditions.map((item) => ({
                  key: item.key,
                  label: c('table.dropCondition', { name: `${t(`filters.${item.field}`)} ${item.text}` }),
                  onDrop: () => drop(item.key),
                })),
                {
                  key: 'all',
                  label: c('table.clearConditions'),
                  onDrop: () => setState({ search: '', filter: {} }),
                },
              ]}
            >
              {t('noMatchWhy', { count: conditions.length + (state.search === '' ? 0 : 1) })}
            </FilteredEmpty>
          ) : (
            <EmptyState
              title={t('empty')}
              actions={
                <ActionButton kind="primary" icon={<Plus {...iconProps()} />} reason={createReason} onClick={create}>
                  {t('create.title')}
                </ActionButton>
              }
            >
              {t('emptyWhy')}
            </EmptyState>
          )
        }
        sort={state.sort}
        onSort={(sort) => setState({ sort })}
        page={{
          offset: (state.page - 1) * state.size,
          size: state.size,
          total: data?.total,
          onChange: (offset, size) =>
            setState(size === state.size ? { page: Math.floor(offset / size) + 1 } : { size, page: 1 }),
        }}
        selection={{ keys: selection.keys, onChange: selection.onChange }}
        rowActions={(vm) => (
          <span className={styles.rowActions}>
            <ActionButton
              kind="text"
              size="small"
              label={t('openConsoleOf', { name: vm.name })}
              icon={actionIcons.console}
              reason={reasonOf('console', vm)}
              onClick={() => actions.ask('console', [vm])}
            />
            <VmActionMenu
              vm={vm}
              actions={vm.state === 'deleted' ? binMenu : rowMenu}
              onAsk={(action) => actions.ask(action, [vm])}
            >
              <Button
                type="text"
                size="small"
                aria-label={t('moreOf', { name: vm.name })}
                icon={<Ellipsis {...iconProps()} />}
              />
            </VmActionMenu>
          </span>
        )}
        onOpen={(vm) => router.push(paths.vm(region, vm.id))}
        foot={<LiveStatus updatedAt={list.dataUpdatedAt} />}
        labels={labels}
      />
      {actions.dialog}
    </>
  );
}
