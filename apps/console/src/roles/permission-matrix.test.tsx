// @vitest-environment jsdom
import { permissionLabel, type Permission } from '@basalt/contract';
import { cleanup, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { NextIntlClientProvider } from 'next-intl';
import { useState } from 'react';
import { afterEach, expect, test, vi } from 'vitest';
import roles from '../../messages/en-US/roles.json';
import { PermissionMatrix, type PermissionMatrixProps } from './permission-matrix.tsx';
import { matrixGroups } from './permission-model.ts';

window.matchMedia ??= vi.fn(() => ({ matches: false, addListener: vi.fn(), removeListener: vi.fn() }) as never);
vi.stubGlobal(
  'ResizeObserver',
  class {
    observe() {}
    unobserve() {}
    disconnect() {}
  },
);
/** What the matrix handed out last. */
let last: ReadonlySet<Permission> = new Set();
afterEach(() => {
  cleanup();
  last = new Set();
});

/** `text` narrows it from the beginning: hundreds of boxes are slow to look through here. */
function Edited({
  start,
  text: first,
  ...props
}: { start: Permission[]; text: string } & Partial<PermissionMatrixProps>) {
  const [granted, setGranted] = useState<ReadonlySet<Permission>>(new Set(start));
  const [text, setText] = useState(first);
  return (
    <NextIntlClientProvider locale="en-US" messages={{ roles }}>
      <PermissionMatrix
        level="region"
        base={new Set(start)}
        onChange={(next) => {
          last = next;
          setGranted(next);
        }}
        {...props}
        granted={granted}
        text={text}
        onText={setText}
      />
    </NextIntlClientProvider>
  );
}
const label = (permission: Permission): string => permissionLabel(permission)['en-US'];
const row = (resource: string) => matrixGroups.flatMap(({ rows }) => rows).find((item) => item.resource === resource)!;

test('[IAM-04] a cell grants its permission and the right to see; the counter and the difference follow', async () => {
  const user = userEvent.setup();
  render(<Edited start={[]} text="image:" />);
  await user.click(await screen.findByRole('checkbox', { name: label('image:upload') }));
  expect([...last].toSorted()).toEqual(['image:read', 'image:upload']);
  expect(screen.getByRole('radio', { name: 'Changed 1' })).toBeTruthy();
});

test('[IAM-04] a row, a column and a group are granted and withdrawn as a whole', async () => {
  const user = userEvent.setup();
  render(<Edited start={[]} text="flavor:" />);
  await user.click(await screen.findByRole('checkbox', { name: 'Flavor: every operation' }));
  expect([...last].toSorted()).toEqual([...row('flavor').all].toSorted());
  await user.click(screen.getByRole('checkbox', { name: 'Delete: every type shown' }));
  expect(last.has('flavor:delete')).toBe(false);
  // What is granted in part becomes whole first, then empty.
  await user.click(screen.getByRole('checkbox', { name: 'Compute: everything' }));
  expect(last.size).toBe(row('flavor').all.length);
  await user.click(screen.getByRole('checkbox', { name: 'Compute: everything' }));
  expect(last.size).toBe(0);
});

test('[IAM-02] a region-level role cannot be given what holds for the whole platform', async () => {
  render(<Edited start={[]} text="account:create" />);
  const box = await screen.findByRole<HTMLInputElement>('checkbox', { name: label('account:create') });
  expect(box.disabled).toBe(true);
});

test('[IAM-05] to be read only it says what is granted, and how far', () => {
  render(
    <NextIntlClientProvider locale="en-US" messages={{ roles }}>
      <PermissionMatrix
        granted={new Set<Permission>(['flavor:read', 'flavor:create'])}
        level="region"
        mark={(permission) => (permission === 'flavor:create' ? 'own' : undefined)}
        text="flavor:"
        onText={() => undefined}
      />
    </NextIntlClientProvider>,
  );
  expect(screen.queryByRole('checkbox')).toBeNull();
  const line = screen.getByRole('rowheader', { name: 'Flavor' }).closest('tr')!;
  const cells = within(line).getAllByRole('cell');
  expect(cells[0]?.textContent).toContain('granted');
  expect(cells[1]?.textContent).toContain('own');
  expect(cells[3]?.textContent).toContain('not granted');
});
