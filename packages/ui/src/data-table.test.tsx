// @vitest-environment jsdom
import { act, cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { afterEach, expect, test, vi } from 'vitest';
import type { DataColumn, TableLabels } from './data-table-types.ts';
import { DataTable, visibleColumns } from './data-table.tsx';

window.matchMedia ??= vi.fn(() => ({ matches: false, addListener: vi.fn(), removeListener: vi.fn() }) as never);
vi.stubGlobal(
  'ResizeObserver',
  class {
    observe() {}
    unobserve() {}
    disconnect() {}
  },
);
globalThis.CSS ??= { escape: (text: string) => text } as never;
if (typeof CSS.escape !== 'function') CSS.escape = (text: string) => text;

afterEach(cleanup);

interface Row {
  id: string;
  name: string;
}
const rows: Row[] = ['a', 'b', 'c'].map((id) => ({ id, name: `vm-${id}` }));
const columns: DataColumn<Row>[] = [
  { key: 'name', title: 'Name', width: 160, render: (row) => row.name },
  { key: 'note', title: 'Note', width: 80, optional: true, render: () => 'n' },
  { key: 'id', title: 'Id', width: 80, render: (row) => row.id },
];
const labels: TableLabels = {
  table: 'Virtual machines',
  selectPage: 'Select page',
  selectRow: (name) => `Select ${name}`,
  rowActions: 'Row actions',
  range: (from, to, total) => `${from}-${to} of ${total}`,
  previous: 'Previous',
  next: 'Next',
  perPage: (size) => `${size} per page`,
  loading: 'Loading',
};

function Harness({ onOpen, onPage }: { onOpen?: (row: Row) => void; onPage?: (offset: number) => void }) {
  const [keys, setKeys] = useState<ReadonlySet<string>>(new Set());
  return (
    <>
      <input aria-label="field" />
      <output>{[...keys].join(',')}</output>
      <DataTable
        columns={columns}
        rows={rows}
        rowKey={(row) => row.id}
        rowName={(row) => row.name}
        empty="nothing"
        labels={labels}
        selection={{ keys, onChange: setKeys }}
        onOpen={onOpen}
        page={{ offset: 0, size: 3, total: 1240, sizes: [3], onChange: (offset) => onPage?.(offset) }}
        fill={false}
      />
    </>
  );
}

const focusedRow = () => document.activeElement?.getAttribute('data-row-key');

test('[VM-25] j and k move, x selects, Enter opens', async () => {
  const open = vi.fn();
  render(<Harness onOpen={open} />);
  await userEvent.keyboard('j');
  expect(focusedRow()).toBe('a');
  await userEvent.keyboard('jj');
  expect(focusedRow()).toBe('c');
  await userEvent.keyboard('jk');
  expect(focusedRow()).toBe('b');
  await userEvent.keyboard('x');
  expect(screen.getByRole('status').textContent).toBe('b');
  await userEvent.keyboard('{Enter}');
  expect(open).toHaveBeenCalledExactlyOnceWith(rows[1]);
  await userEvent.keyboard('x');
  expect(screen.getByRole('status').textContent).toBe('');
});

test('[VM-25] keys typed into a field stay there', async () => {
  render(<Harness />);
  await userEvent.type(screen.getByLabelText('field'), 'jx');
  expect(screen.getByLabelText<HTMLInputElement>('field').value).toBe('jx');
  expect(screen.getByRole('status').textContent).toBe('');
});

test('[VM-25] every checkbox has the name of its row, and paging asks the server', async () => {
  const page = vi.fn();
  render(<Harness onPage={page} />);
  await userEvent.click(screen.getByRole('checkbox', { name: 'Select vm-b' }));
  expect(screen.getByRole('status').textContent).toBe('b');
  expect(screen.getByText('1-3 of 1240')).toBeDefined();
  await userEvent.click(screen.getByRole('button', { name: 'Next' }));
  expect(page).toHaveBeenCalledWith(3);
});

test('[VM-25] the first column is always shown; optional ones only when chosen', () => {
  expect(visibleColumns(columns, undefined).map((column) => column.key)).toEqual(['name', 'id']);
  expect(visibleColumns(columns, ['note']).map((column) => column.key)).toEqual(['name', 'note']);
});

test('[VM-25] skeleton rows appear only after 300 ms', () => {
  vi.useFakeTimers();
  try {
    const { container } = render(
      <DataTable
        columns={columns}
        rows={undefined}
        loading
        rowKey={(row: Row) => row.id}
        rowName={(row) => row.name}
        empty=""
        labels={labels}
        fill={false}
      />,
    );
    const drawn = () => container.querySelectorAll('tr[data-row-key^="skeleton"]').length;
    act(() => void vi.advanceTimersByTime(290));
    expect(drawn()).toBe(0);
    act(() => void vi.advanceTimersByTime(20));
    expect(drawn()).toBeGreaterThan(0);
  } finally {
    vi.useRealTimers();
  }
});
