import type { StateTone } from './tokens.ts';
import { cx } from './cx.ts';
import styles from './state-mark.module.css';

const outer = 'M6 .6 10.7 3.3V8.7L6 11.4 1.3 8.7V3.3Z';
const inner = 'M6 1.2 10.2 3.6V8.4L6 10.8 1.8 8.4V3.6Z';

const outline = <path d={inner} fill="none" stroke="currentColor" strokeWidth="1.4" />;

const shapes: Record<StateTone, React.ReactNode> = {
  ok: <path d={outer} fill="currentColor" />,
  off: outline,
  busy: (
    <>
      {outline}
      <path d="M6 1.2 10.2 3.6V8.4L6 10.8Z" fill="currentColor" />
    </>
  ),
  warn: (
    <>
      {outline}
      <path d="M6 3.6 8.1 4.8V7.2L6 8.4 3.9 7.2V4.8Z" fill="currentColor" />
    </>
  ),
  err: (
    <>
      <path d={outer} fill="currentColor" />
      <path className={styles.cross} d="M4.2 4.2 7.8 7.8M7.8 4.2 4.2 7.8" strokeWidth="1.4" strokeLinecap="round" />
    </>
  ),
};

export interface StateMarkProps {
  tone: StateTone;
  /** For a mark without a word beside it; with a word the mark is hidden from screen readers. */
  label?: string | undefined;
  /** Pixels; 12 unless told. */
  size?: number;
}

/**
 * The hexagon of a state: filled = running or done, hollow = stopped or not begun, half (turning) = in transition,
 * hollow with core = warning, filled with a cross = failed. The shape alone tells, the colour only agrees.
 */
export function StateMark({ tone, label, size = 12 }: StateMarkProps) {
  return (
    <svg
      className={cx(styles.mark, styles[tone])}
      viewBox="0 0 12 12"
      width={size}
      height={size}
      data-tone={tone}
      {...(label === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label })}
    >
      {shapes[tone]}
    </svg>
  );
}
