'use client';
/** The frame of every list: title, query, facets, bulk bar, table and foot, with its state in the address. */
import {
  ColumnChooser,
  DataTable,
  Facets,
  FilteredEmpty,
  formatClock,
  formatNumber,
  PageHeader,
  QueryBar,
  type DataColumn,
  type Facet,
  type TableSelection,
  type TableSort,
} from '@basalt/ui';
import { useLocale, useTranslations } from 'next-intl';
import type { ListState } from '@/list-state.ts';
import { LiveStatus, ReadStatus } from '@/live-status.tsx';
import { QueryError } from '@/shell/query-error.tsx';
import { useTableLabels } from '@/use-table-labels.ts';

/** What a list page needs of a query; react-query's result is one. */
export interface ListQuery<Row> {
  data: { items: readonly Row[]; total: number } | undefined;
  error: unknown;
  isPending: boolean;
  isError: boolean;
  dataUpdatedAt: number;
  refetch: () => unknown;
}

export interface ListPageProps<Row> {
  title: string;
  subtitle?: React.ReactNode;
  actions?: React.ReactNode;
  note?: React.ReactNode;
  /** Instead of the title band, for a list below the tabs of a page; `title` then only names the table. */
  header?: React.ReactNode;
  state: ListState;
  onState: (change: Partial<ListState>) => void;
  query: ListQuery<Row>;
  columns: readonly DataColumn<Row>[];
  rowKey: (row: Row) => string;
  rowName: (row: Row) => string;
  onOpen?: (row: Row) => void;
  rowActions?: (row: Row) => React.ReactNode;
  selection?: TableSelection;
  bulk?: React.ReactNode;
  facets?: readonly Facet[];
  onFacet?: (key: string) => void;
  facetsExtra?: React.ReactNode;
  /** Words of a condition; undefined for one that is not shown as a chip. */
  condition?: (field: string, value: string) => { field: string; value: string } | undefined;
  /** When the list takes a text. */
  placeholder?: string;
  defaultSort?: TableSort;
  failed: string;
  stillWorks?: string;
  /** Shown when there is nothing and nothing was asked. */
  empty: React.ReactNode;
  emptyFiltered: string;
  /** False for lists of the gateway, which no event stream follows. */
  live?: boolean;
}

const without = (filter: ListState['filter'], field: string, value: string): ListState['filter'] => {
  const rest = (filter[field] ?? []).filter((item) => item !== value);
  const { [field]: _gone, ...others } = filter;
  return rest.length === 0 ? others : { ...others, [field]: rest };
};

export function ListPage<Row>(props: ListPageProps<Row>) {
  const { state, onState, query, columns } = props;
  const c = useTranslations('common');
  const locale = useLocale();
  const labels = useTableLabels(props.title);
  const { data } = query;
  const conditions = Object.entries(state.filter).flatMap(([field, values]) =>
    values.flatMap((value) => {
      const words = props.condition?.(field, value);
      return words ? [{ key: `${field}=${value}`, fieldKey: field, raw: value, ...words }] : [];
    }),
  );
  const drop = (key: string) => {
    const found = conditions.find((item) => item.key === key);
    if (found) onState({ filter: without(state.filter, found.fieldKey, found.raw) });
  };
  const asked = state.search !== '' || conditions.length > 0;

  return (
    <>
      {props.header ?? (
        <PageHeader
          title={props.title}
          subtitle={props.subtitle}
          actions={props.actions}
          {...(props.note === undefined ? {} : { note: props.note })}
        />
      )}
      <QueryBar
        chips={conditions.map((item) => ({
          key: item.key,
          field: item.field,
          value: item.value,
          removeLabel: c('table.removeCondition', { name: `${item.field} ${item.value}` }),
        }))}
        onRemove={drop}
        text={state.search}
        onText={(search) => onState({ search })}
        label={c('table.search')}
        placeholder={props.placeholder ?? c('table.search')}
        {...(data ? { result: c('table.matches', { count: formatNumber(data.total) }) } : {})}
      >
        <ColumnChooser
          columns={columns}
          visible={state.columns}
          onChange={(visible) => onState({ columns: visible })}
          label={c('table.columns')}
          resetLabel={c('table.columnsReset')}
        />
      </QueryBar>
      {props.facets !== undefined && props.onFacet && (
        <Facets
          label={c('table.facets')}
          facets={props.facets}
          onToggle={props.onFacet}
          {...(props.facetsExtra === undefined ? {} : { extra: props.facetsExtra })}
        />
      )}
      {props.bulk}
      <DataTable
        columns={columns}
        visible={state.columns}
        rows={data?.items}
        rowKey={props.rowKey}
        rowName={props.rowName}
        loading={query.isPending}
        {...(query.isError
          ? {
              error: (
                <QueryError
                  title={props.failed}
                  error={query.error}
                  onRetry={() => void query.refetch()}
                  facts={[
                    ...(props.stillWorks === undefined ? [] : [{ label: c('stillWorks'), value: props.stillWorks }]),
                    ...(data
                      ? [
                          {
                            label: c('shown'),
                            value: c('lastDataFrom', { time: formatClock(new Date(query.dataUpdatedAt), true) }),
                          },
                        ]
                      : []),
                  ]}
                />
              ),
            }
          : {})}
        empty={
          asked ? (
            <FilteredEmpty
              title={props.emptyFiltered}
              offers={[
                ...(state.search === ''
                  ? []
                  : [
                      {
                        key: 'search',
                        label: c('table.dropCondition', { name: quote(state.search, locale) }),
                        onDrop: () => onState({ search: '' }),
                      },
                    ]),
                ...conditions.map((item) => ({
                  key: item.key,
                  label: c('table.dropCondition', { name: `${item.field} ${item.value}` }),
                  onDrop: () => drop(item.key),
                })),
              ]}
            />
          ) : (
            props.empty
          )
        }
        sort={state.sort ?? props.defaultSort}
        onSort={(sort) => onState({ sort })}
        page={{
          offset: (state.page - 1) * state.size,
          size: state.size,
          total: data?.total,
          onChange: (offset, size) => onState(size === state.size ? { page: Math.floor(offset / size) + 1 } : { size }),
        }}
        selection={props.selection}
        rowActions={props.rowActions}
        onOpen={props.onOpen}
        foot={
          props.live === false ? (
            <ReadStatus updatedAt={query.dataUpdatedAt} onRefresh={() => void query.refetch()} />
          ) : (
            <LiveStatus updatedAt={query.dataUpdatedAt} />
          )
        }
        labels={labels}
      />
    </>
  );
}

const quote = (text: string, locale: string): string => (locale === 'zh-CN' ? `「${text}」` : `“${text}”`);
