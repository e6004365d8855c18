import type { StateTone } from './tokens.ts';
import { Bar } from './bar.tsx';
import { cx } from './cx.ts';
import { formatPercent } from './format.ts';
import { StateMark } from './state-mark.tsx';
import styles from './state-label.module.css';

export interface StateLabelProps {
  tone: StateTone;
  /** The state's word, e.g. from the contract's state table. */
  children: React.ReactNode;
  /** 0..1 while in transition: shown as per cent and as a bar in the same cell. */
  progress?: number | undefined;
  /** Accessible name of the bar; required when `progress` is given. */
  progressLabel?: string | undefined;
  /** The reason of a failed state or the age of a stale one, behind the word. */
  detail?: React.ReactNode;
}

/** Mark and word of a state, always together. The word is coloured only when something is not well. */
export function StateLabel({ tone, children, progress, progressLabel, detail }: StateLabelProps) {
  return (
    <span className={styles.row}>
      <span className={cx(styles.state, styles[tone])}>
        <StateMark tone={tone} />
        <span>{children}</span>
      </span>
      {progress !== undefined && (
        <>
          <span className={styles.percent}>{formatPercent(progress)}</span>
          <Bar className={styles.bar} value={progress} tone="busy" label={progressLabel ?? ''} />
        </>
      )}
      {detail !== undefined && <span className={styles.detail}>{detail}</span>}
    </span>
  );
}

/** The same as a pill, for the title band of a page only. */
export function StatePill({ tone, children }: { tone: StateTone; children: React.ReactNode }) {
  return (
    <span className={cx(styles.pill, styles[`${tone}Pill`])}>
      <StateMark tone={tone} />
      {children}
    </span>
  );
}
