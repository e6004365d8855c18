// @vitest-environment jsdom
import { BasaltError } from '@basalt/contract';
import { act, cleanup, renderHook } from '@testing-library/react';
import { TRPCClientError } from '@trpc/client';
import { NextIntlClientProvider } from 'next-intl';
import { afterEach, expect, test, vi } from 'vitest';
import common from '../../messages/en-US/common.json';
import { useSettingsForm } from './use-settings-form.ts';

interface Stored {
  host: string;
  port: number;
  version: number;
}
const stored: Stored = { host: 'a', port: 25, version: 3 };
const reread = vi.fn(() => Promise.resolve({ data: { host: 'theirs', port: 26, version: 4 } }));
const refusal = (error: BasaltError) =>
  new TRPCClientError('refused', {
    result: { error: { code: -32_000, message: 'refused', data: { basalt: error.shape('en-US', 'req-1') } } },
  });

const begun = (disabled = false) =>
  renderHook(
    (props: { stored: Stored }) =>
      useSettingsForm({
        stored: props.stored,
        formOf: ({ host, port }) => ({ host, port: port as number | null }),
        fields: ['host', 'port'] as const,
        idOf: (field) => `it-${field}`,
        reread,
        disabled,
      }),
    {
      initialProps: { stored },
      wrapper: ({ children }: { children: React.ReactNode }) => (
        <NextIntlClientProvider locale="en-US" messages={{ common }}>
          {children}
        </NextIntlClientProvider>
      ),
    },
  );
afterEach(cleanup);

test('[SET-01] a form knows whether it differs from what it began from, and takes changes back', () => {
  const { result } = begun();
  expect(result.current.changed).toBe(false);
  act(() => result.current.set({ host: 'b' }));
  expect(result.current).toMatchObject({ changed: true, form: { host: 'b', port: 25 } });
  act(() => result.current.set({ host: 'a' }));
  expect(result.current.changed).toBe(false);
  act(() => result.current.set({ port: null }));
  act(() => result.current.discard());
  expect(result.current).toMatchObject({ changed: false, form: { host: 'a', port: 25 } });
});

test('[SET-01] what arrives later does not move what is being typed', () => {
  const { result, rerender } = begun();
  act(() => result.current.set({ host: 'mine' }));
  rerender({ stored: { host: 'theirs', port: 26, version: 4 } });
  expect(result.current).toMatchObject({ form: { host: 'mine', port: 25 }, base: { version: 3 } });
});

test('[SET-01] errors stand in the order of the page, the first has the focus, and changing a field takes its own away', () => {
  document.body.innerHTML = '<input id="it-host"><input id="it-port">';
  const { result } = begun();
  let fine = true;
  act(() => {
    fine = result.current.show({ port: 'too large', host: 'missing' });
  });
  expect(fine).toBe(false);
  expect(document.activeElement?.id).toBe('it-host');
  expect(result.current.wrong.map(({ field }) => field)).toEqual(['host', 'port']);
  expect(result.current.control('host')).toMatchObject({ status: 'error', disabled: false });
  act(() => result.current.set({ host: 'x' }));
  expect(result.current.errors).toEqual({ port: 'too large' });
  expect(result.current.control('host').status).toBe('');
});

test('[SET-01] a refusal stands at its field, else above the form', () => {
  const { result } = begun();
  const at = (error: BasaltError) => {
    let field: string | null = null;
    act(() => {
      field = result.current.refuse(refusal(error));
    });
    return field;
  };
  expect(at(new BasaltError('nameTaken', { name: 'a' }, { field: 'host' }))).toBe('host');
  expect(result.current.errors['host']).toContain('already used');
  expect(at(new BasaltError('mailOff'))).toBeNull();
  expect(result.current.failed).toMatchObject({ stale: false });
});

test('[SET-01] who was overtaken is told so, and reads again what holds now', async () => {
  const { result } = begun();
  act(() => result.current.set({ host: 'mine' }));
  act(() => void result.current.refuse(refusal(new BasaltError('changedMeanwhile', { who: 'Ada' }))));
  expect(result.current).toMatchObject({ failed: { stale: true }, form: { host: 'mine' } });
  await act(async () => result.current.readAgain());
  expect(result.current).toMatchObject({
    base: { version: 4 },
    form: { host: 'theirs' },
    changed: false,
    failed: undefined,
  });
});

test('[SET-01] whoever may only look gets controls that are off', () => {
  expect(begun(true).result.current.control('port')).toEqual({
    id: 'it-port',
    disabled: true,
    'aria-describedby': 'it-port-hint',
    status: '',
  });
});
