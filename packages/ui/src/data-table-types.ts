export interface DataColumn<Row> {
  key: string;
  title: React.ReactNode;
  /** Pixels, for the longer of the two languages: ids, addresses, states and numbers are never cut (rule 28). */
  width: number;
  align?: 'left' | 'right';
  sortable?: boolean;
  /** Shown only when the reader chose it. */
  optional?: boolean;
  /** Ids and addresses. */
  mono?: boolean;
  render: (row: Row) => React.ReactNode;
}

export interface TableSort {
  key: string;
  order: 'asc' | 'desc';
}

export interface TablePage {
  /** Index of the first row shown, from 0. */
  offset: number;
  size: number;
  /** Rows that match in all; undefined while unknown. */
  total: number | undefined;
  sizes?: readonly number[];
  onChange: (offset: number, size: number) => void;
}

export interface TableSelection {
  keys: ReadonlySet<string>;
  onChange: (keys: ReadonlySet<string>) => void;
}

/** Every word of the table comes from the caller. */
export interface TableLabels {
  table: string;
  selectPage: string;
  selectRow: (name: string) => string;
  rowActions: string;
  range: (from: number, to: number, total: number) => string;
  previous: string;
  next: string;
  perPage: (size: number) => string;
  loading: string;
}

export interface DataTableProps<Row> {
  columns: readonly DataColumn<Row>[];
  /** Keys of the shown columns, in order; all that are not `optional` unless given. The first column is always shown and frozen. */
  visible?: readonly string[] | undefined;
  /** Undefined while nothing was ever read. */
  rows: readonly Row[] | undefined;
  rowKey: (row: Row) => string;
  /** The row's name, for screen readers. */
  rowName: (row: Row) => string;
  /** A first read under way: skeleton rows after 300 ms. */
  loading?: boolean;
  /** Shown above; what was read before stays, dimmed. */
  error?: React.ReactNode;
  /** Shown instead of rows when there are none: EmptyState, or FilteredEmpty when a filter is set. */
  empty: React.ReactNode;
  sort?: TableSort | undefined;
  onSort?: ((sort: TableSort | undefined) => void) | undefined;
  page?: TablePage | undefined;
  selection?: TableSelection | undefined;
  /** Drawn at the right end while the row is hovered or focused. */
  rowActions?: ((row: Row) => React.ReactNode) | undefined;
  /** Enter on a row, or a click on its free space. */
  onOpen?: ((row: Row) => void) | undefined;
  /** Left part of the foot: "live · 2 seconds ago", re-sort offer. */
  foot?: React.ReactNode;
  labels: TableLabels;
  /** Fills the page and scrolls inside (lists) or takes its own height (inside a panel). */
  fill?: boolean;
}
