// @vitest-environment jsdom
import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test, vi } from 'vitest';
import { ActionButton } from './action-button.tsx';

afterEach(cleanup);

test('[VM-04] a refused action stays reachable, says why and does nothing', async () => {
  const run = vi.fn();
  render(
    <ActionButton reason="The VM is already running" onClick={run}>
      Start
    </ActionButton>,
  );
  const button = screen.getByRole('button', { name: 'Start' });
  await userEvent.tab();
  expect(document.activeElement).toBe(button);
  expect(button.getAttribute('aria-disabled')).toBe('true');
  const described = document.getElementById(button.getAttribute('aria-describedby') ?? '');
  expect(described?.textContent).toBe('The VM is already running');
  await userEvent.click(button);
  await userEvent.keyboard('{Enter}');
  expect(run).not.toHaveBeenCalled();
});

test('[VM-04] a possible action runs once and carries no reason', async () => {
  const run = vi.fn();
  render(<ActionButton onClick={run}>Start</ActionButton>);
  const button = screen.getByRole('button', { name: 'Start' });
  expect(button.getAttribute('aria-describedby')).toBeNull();
  await userEvent.click(button);
  expect(run).toHaveBeenCalledOnce();
});
