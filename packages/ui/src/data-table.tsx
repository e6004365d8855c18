'use client';
import { Table } from 'antd';
import type { TableColumnType, TableProps } from 'antd';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { cx } from './cx.ts';
import { DataTableFoot } from './data-table-foot.tsx';
import type { DataColumn, DataTableProps } from './data-table-types.ts';
import styles from './data-table.module.css';
import { usePageKeys } from './keys.ts';
import { SkeletonBar } from './skeleton.tsx';
import { useDelayed } from './use-delayed.ts';

const selectionWidth = 44;
const actionsWidth = 96;
const skeletonRows = 8;

type Item<Row> = { key: string; row: Row } | { key: string; row: undefined };

/** The columns to draw: the first always, then the chosen ones in the chosen order. */
export function visibleColumns<Row>(
  columns: readonly DataColumn<Row>[],
  visible: readonly string[] | undefined,
): DataColumn<Row>[] {
  const [first, ...rest] = columns;
  if (first === undefined) return [];
  if (visible === undefined) return [first, ...rest.filter((column) => column.optional !== true)];
  const chosen = visible.flatMap((key) => rest.filter((column) => column.key === key));
  return [first, ...chosen];
}

/**
 * A page of rows that the server sorted, filtered and cut. The name column is frozen, order holds until the reader
 * asks, and j / k move, x selects, Enter opens.
 */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { rows, rowKey, rowName, labels, selection, rowActions, onOpen, sort, onSort, fill = true } = props;
  const frame = useRef<HTMLDivElement>(null);
  const [activeKey, setActiveKey] = useState<string | undefined>(undefined);
  const showSkeleton = useDelayed(props.loading === true && rows === undefined);
  const shown = visibleColumns(props.columns, props.visible);

  const items = useMemo<Item<Row>[]>(() => {
    if (rows !== undefined) return rows.map((row) => ({ key: rowKey(row), row }));
    return showSkeleton
      ? Array.from({ length: skeletonRows }, (_, index) => ({ key: `skeleton-${index}`, row: undefined }))
      : [];
  }, [rows, rowKey, showSkeleton]);

  const toggle = useCallback(
    (key: string) => {
      if (!selection) return;
      const next = new Set(selection.keys);
      if (!next.delete(key)) next.add(key);
      selection.onChange(next);
    },
    [selection],
  );

  usePageKeys((key) => {
    const index = items.findIndex((item) => item.key === activeKey);
    const focusAt = (at: number) => {
      const item = items[Math.min(items.length - 1, Math.max(0, at))];
      if (item?.row === undefined) return false;
      setActiveKey(item.key);
      frame.current?.querySelector<HTMLElement>(`tr[data-row-key="${CSS.escape(item.key)}"]`)?.focus();
      return true;
    };
    const active = items[index];
    if (key === 'j') return focusAt(index + 1);
    if (key === 'k') return focusAt(index < 0 ? 0 : index - 1);
    if (active?.row === undefined) return false;
    if (key === 'x' && selection) {
      toggle(active.key);
      return true;
    }
    // Enter belongs to a link or button that has the focus.
    if (key === 'Enter' && onOpen && document.activeElement?.closest('a, button') === null) {
      onOpen(active.row);
      return true;
    }
    return false;
  });

  const columns: TableColumnType<Item<Row>>[] = shown.map((column, index) => ({
    key: column.key,
    title: column.title,
    width: column.width,
    align: column.align ?? 'left',
    ellipsis: true,
    ...(index === 0 ? { fixed: 'start' as const, className: styles.frozen ?? '' } : {}),
    ...(column.sortable === true && onSort
      ? {
          sorter: true,
          showSorterTooltip: false,
          sortOrder:
            sort?.key === column.key ? (sort.order === 'asc' ? ('ascend' as const) : ('descend' as const)) : null,
        }
      : {}),
    render: (_: unknown, item: Item<Row>, at: number) =>
      item.row === undefined ? (
        <SkeletonBar width={column.width * (0.42 + ((at * 7 + index * 3) % 5) * 0.07)} fade={at / skeletonRows} />
      ) : (
        <span className={cx(column.mono === true && 'bs-mono', index === 0 && 'bs-name')}>
          {column.render(item.row)}
        </span>
      ),
  }));
  if (rowActions) {
    columns.push({
      key: '__actions',
      title: <span className="bs-visually-hidden">{labels.rowActions}</span>,
      width: actionsWidth,
      align: 'right',
      fixed: 'end',
      className: styles.actions ?? '',
      render: (_: unknown, item: Item<Row>) =>
        item.row === undefined ? null : <span className={styles.reveal}>{rowActions(item.row)}</span>,
    });
  }

  const rowSelection: TableProps<Item<Row>>['rowSelection'] = selection && {
    columnWidth: selectionWidth,
    fixed: true,
    selectedRowKeys: [...selection.keys],
    // Keys of other pages stay selected.
    preserveSelectedRowKeys: true,
    onChange: (keys) => selection.onChange(new Set(keys.map(String))),
    getTitleCheckboxProps: () => ({ 'aria-label': labels.selectPage }),
    getCheckboxProps: (item) => ({
      disabled: item.row === undefined,
      'aria-label': item.row === undefined ? labels.loading : labels.selectRow(rowName(item.row)),
    }),
  };
  const width =
    shown.reduce((sum, column) => sum + column.width, 0) +
    (selection ? selectionWidth : 0) +
    (rowActions ? actionsWidth : 0);
  const nothing = items.length === 0 && rows !== undefined;

  // rc-table measures columns by a hidden row that repeats the head with its check box and buttons: nobody may land there.
  useEffect(() => {
    for (const row of frame.current?.querySelectorAll('.ant-table-measure-row') ?? []) row.setAttribute('inert', '');
  });

  return (
    <>
      <div
        ref={frame}
        className={cx(
          styles.list,
          fill && styles.fill,
          props.error !== undefined && rows !== undefined && styles.stale,
        )}
      >
        {props.error}
        {nothing
          ? props.empty
          : (rows !== undefined || props.error === undefined) && (
              <Table<Item<Row>>
                aria-label={labels.table}
                aria-busy={rows === undefined}
                columns={columns}
                dataSource={items}
                rowKey="key"
                size="middle"
                tableLayout="fixed"
                pagination={false}
                sticky={fill}
                scroll={{ x: width }}
                sortDirections={['ascend', 'descend']}
                locale={{ emptyText: <span /> }}
                {...(rowSelection ? { rowSelection } : {})}
                rowClassName={(item) => cx(item.key === activeKey && styles.active)}
                onRow={(item) => ({
                  tabIndex: -1,
                  onFocus: () => setActiveKey(item.key),
                  onDoubleClick: () => item.row !== undefined && onOpen?.(item.row),
                })}
                onChange={(_page, _filters, sorter) => {
                  const one = Array.isArray(sorter) ? sorter[0] : sorter;
                  if (one?.columnKey === undefined || one.order === null || one.order === undefined)
                    onSort?.(undefined);
                  else onSort?.({ key: String(one.columnKey), order: one.order === 'ascend' ? 'asc' : 'desc' });
                }}
              />
            )}
      </div>
      {(props.foot !== undefined || props.page !== undefined) && (
        <DataTableFoot page={props.page} labels={labels} shownRows={rows?.length ?? 0}>
          {props.foot}
        </DataTableFoot>
      )}
    </>
  );
}
