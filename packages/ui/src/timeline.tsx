import { StateMark } from './state-mark.tsx';
import type { StateTone } from './tokens.ts';
import styles from './timeline.module.css';

export interface TimelineItem {
  key: string;
  /** Something good that merely happened is `off` (rule 20). */
  tone: StateTone;
  title: React.ReactNode;
  detail?: React.ReactNode;
  /** A RelativeTime. */
  time: React.ReactNode;
}

/** What happened, newest first: events, operations and alerts on one line of hexagons. */
export function Timeline({ items, label }: { items: readonly TimelineItem[]; label: string }) {
  return (
    <ol className={styles.line} aria-label={label}>
      {items.map((item) => (
        <li key={item.key}>
          <span className={styles.mark}>
            <StateMark tone={item.tone} />
          </span>
          <span className={styles.head}>
            <span className={styles.title}>{item.title}</span>
            <span className={styles.time}>{item.time}</span>
          </span>
          {item.detail !== undefined && <span className={styles.detail}>{item.detail}</span>}
        </li>
      ))}
    </ol>
  );
}
