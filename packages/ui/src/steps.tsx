import { cx } from './cx.ts';
import { StateMark } from './state-mark.tsx';
import type { StateTone } from './tokens.ts';
import styles from './steps.module.css';

export interface Step {
  key: string;
  tone: StateTone;
  title: React.ReactNode;
  detail?: React.ReactNode;
  /** How long it took. */
  took?: React.ReactNode;
  /** What its undo does. */
  undo?: React.ReactNode;
  startedAt?: React.ReactNode;
}

export interface StepsProps {
  steps: readonly Step[];
  /** Heads of the columns. */
  labels: {
    table: string;
    step: React.ReactNode;
    took: React.ReactNode;
    undo: React.ReactNode;
    start: React.ReactNode;
  };
}

/** The steps of a task in order, the running one tinted. */
export function Steps({ steps, labels }: StepsProps) {
  return (
    <table className={styles.steps} aria-label={labels.table}>
      <thead>
        <tr>
          <th>{labels.step}</th>
          <th className={styles.num}>{labels.took}</th>
          <th>{labels.undo}</th>
          <th className={styles.num}>{labels.start}</th>
        </tr>
      </thead>
      <tbody>
        {steps.map((step, index) => (
          <tr key={step.key} className={cx(step.tone === 'busy' && styles.now)}>
            <td>
              <span className={styles.step}>
                <StateMark tone={step.tone} />
                <span className={styles.number}>{index + 1}</span>
                <span>
                  <span className={cx(step.tone === 'off' && 'bs-secondary', step.tone === 'busy' && 'bs-strong')}>
                    {step.title}
                  </span>
                  {step.detail !== undefined && (
                    <span className={cx(styles.detail, step.tone === 'err' && 'bs-err')}>{step.detail}</span>
                  )}
                </span>
              </span>
            </td>
            <td className={styles.num}>{step.took}</td>
            <td className="bs-secondary">{step.undo}</td>
            <td className={styles.num}>{step.startedAt}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** One finished or running attempt as segments of one bar; the widths are the shares of time. */
export function StepBar({
  steps,
  label,
}: {
  steps: readonly { key: string; tone: StateTone; weight: number }[];
  label: string;
}) {
  return (
    <div className={styles.bar} role="img" aria-label={label}>
      {steps.map((step) => (
        <span key={step.key} className={styles[step.tone]} style={{ flexGrow: Math.max(0.02, step.weight) }} />
      ))}
    </div>
  );
}

/** Lines of a log: time, source, text. */
export function LogLines({
  lines,
  label,
  empty,
}: {
  lines: readonly { key: string; time: string; source?: string; text: string }[];
  label: string;
  empty: React.ReactNode;
}) {
  return (
    <div className={styles.log} role="log" aria-label={label} tabIndex={0}>
      {lines.length === 0 && <span className="bs-tertiary">{empty}</span>}
      {lines.map((line) => (
        <div key={line.key}>
          <span className="bs-tertiary">{line.time}</span> <span className={styles.source}>{line.source}</span>{' '}
          {line.text}
        </div>
      ))}
    </div>
  );
}
