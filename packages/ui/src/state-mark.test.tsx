// @vitest-environment jsdom
import { cleanup, render } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { StateLabel } from './state-label.tsx';
import { StateMark } from './state-mark.tsx';
import { tokens, type StateTone } from './tokens.ts';

afterEach(cleanup);

const tones = Object.keys(tokens.color.light.state) as StateTone[];

/** What is drawn, without colour: what a reader who sees no colour has. */
function shape(tone: StateTone): string {
  const { container } = render(<StateMark tone={tone} />);
  return [...container.querySelectorAll('path')]
    .map((path) => `${path.getAttribute('d')} ${path.getAttribute('fill')}`)
    .join('|');
}

test('[BRD-01] each state has a shape of its own, so colour is never alone', () => {
  expect(tones).toHaveLength(5);
  expect(new Set(tones.map(shape)).size).toBe(5);
});

test('[BRD-01] filled means running, hollow stopped, half in transition, core warning, cross failed', () => {
  const solid = (tone: StateTone) =>
    shape(tone)
      .split('|')
      .filter((path) => path.endsWith('currentColor')).length;
  const parts = (tone: StateTone) => shape(tone).split('|').length;
  expect([solid('ok'), parts('ok')]).toEqual([1, 1]);
  expect([solid('off'), parts('off')]).toEqual([0, 1]);
  expect([solid('busy'), parts('busy')]).toEqual([1, 2]);
  expect([solid('warn'), parts('warn')]).toEqual([1, 2]);
  expect([solid('err'), parts('err')]).toEqual([1, 2]);
});

test('[BRD-01] a mark without a word has a name, a mark with one is hidden from screen readers', () => {
  const alone = render(<StateMark tone="ok" label="Running" />);
  expect(alone.getByRole('img', { name: 'Running' })).toBeDefined();
  cleanup();
  const labelled = render(
    <StateLabel tone="busy" progress={0.62} progressLabel="Migration of web-01">
      Migrating
    </StateLabel>,
  );
  expect(labelled.queryByRole('img')).toBeNull();
  expect(labelled.getByText('Migrating')).toBeDefined();
  expect(labelled.getByText('62%')).toBeDefined();
  expect(labelled.getByRole('progressbar', { name: 'Migration of web-01' }).getAttribute('aria-valuenow')).toBe('62');
});
