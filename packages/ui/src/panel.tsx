import { cx } from './cx.ts';
import styles from './panel.module.css';

export interface PanelProps {
  title?: React.ReactNode;
  /** How many there are, beside the title. */
  count?: React.ReactNode;
  /** A caption beside the title. */
  hint?: React.ReactNode;
  /** A link or segments at the right of the head. */
  extra?: React.ReactNode;
  /** Tables and lists bring their own padding. */
  flush?: boolean;
  className?: string | undefined;
  children: React.ReactNode;
}

/** A titled box with hairlines. Never put one into another (rule 56). */
export function Panel({ title, count, hint, extra, flush = false, className, children }: PanelProps) {
  return (
    <section className={cx(styles.panel, className)}>
      {title !== undefined && (
        <header className={styles.head}>
          <h2>{title}</h2>
          {count !== undefined && <span className={styles.count}>{count}</span>}
          {hint !== undefined && <span className={styles.hint}>{hint}</span>}
          <span className={styles.space} />
          {extra}
        </header>
      )}
      <div className={flush ? styles.flush : styles.body}>{children}</div>
    </section>
  );
}

export interface PanelGridProps {
  /** As CSS fractions, e.g. [2, 1]. */
  columns?: readonly number[];
  /** Neighbours are as tall as the tallest of their row. */
  level?: boolean;
  children: React.ReactNode;
}

/** A grid of panels with the page's gutter. */
export function PanelGrid({ columns = [1], level = false, children }: PanelGridProps) {
  return (
    <div
      className={cx(styles.grid, level && styles.level)}
      style={{ gridTemplateColumns: columns.map((n) => `minmax(0, ${n}fr)`).join(' ') }}
    >
      {children}
    </div>
  );
}

/** Panels stacked in one column of a grid. */
export function PanelStack({ children }: { children: React.ReactNode }) {
  return <div className={styles.stack}>{children}</div>;
}
