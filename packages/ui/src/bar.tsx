import { cx } from './cx.ts';
import styles from './bar.module.css';

export type BarTone = 'neutral' | 'ok' | 'busy' | 'warn' | 'err' | 'accent';

export interface BarProps {
  /** 0..1; outside values are clamped. */
  value: number;
  /** Accessible name: what is measured. */
  label: string;
  tone?: BarTone;
  /** 0..1: a tick on the same bar, e.g. what is allocated beside what is used. */
  tick?: number | undefined;
  size?: 4 | 6 | 8;
  className?: string | undefined;
}

const percent = (share: number): string => `${Math.min(1, Math.max(0, share)) * 100}%`;

/** A plain progress bar with a name. */
export function Bar({ value, label, tone = 'neutral', tick, size = 4, className }: BarProps) {
  return (
    <span
      className={cx(styles.bar, styles[`h${size}`], className)}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(Math.min(1, Math.max(0, value)) * 100)}
    >
      <span className={cx(styles.fill, styles[tone])} style={{ width: percent(value) }} />
      {tick !== undefined && <span className={styles.tick} style={{ left: percent(tick) }} />}
    </span>
  );
}
