import { StateMark } from './state-mark.tsx';
import type { StateTone } from './tokens.ts';
import styles from './live-foot.module.css';

export interface LiveFootProps {
  /** ok = events flow, busy = reconnecting, warn = what is shown may be old. */
  tone: StateTone;
  /** "live · 2 seconds ago" */
  children: React.ReactNode;
  /** How many rows would move, and the offer to sort again. */
  resort?: { text: React.ReactNode; action: React.ReactNode; onResort: () => void } | undefined;
}

/** The age of a list, in its foot. Order holds until the reader asks (rule 27). */
export function LiveFoot({ tone, children, resort }: LiveFootProps) {
  return (
    <>
      <span className={styles.live}>
        <StateMark tone={tone} size={11} />
        <span>{children}</span>
      </span>
      {resort && (
        <span className={styles.live}>
          {resort.text}
          <button type="button" className={styles.link} onClick={resort.onResort}>
            {resort.action}
          </button>
        </span>
      )}
    </>
  );
}
