import { StateMark } from './state-mark.tsx';
import type { StateTone } from './tokens.ts';
import { cx } from './cx.ts';
import styles from './note.module.css';

/** One line that needs attention: mark, what it is, the evidence, a link at the right end. */
export function Note({
  tone,
  title,
  children,
  action,
}: {
  tone: StateTone;
  title?: React.ReactNode;
  children?: React.ReactNode;
  action?: React.ReactNode;
}) {
  return (
    <div className={cx(styles.note, styles[tone])} role={tone === 'err' ? 'alert' : 'status'}>
      <span className={styles.mark}>
        <StateMark tone={tone} />
      </span>
      <div className={styles.text}>
        {title !== undefined && <b className={styles.title}>{title}</b>}
        {children}
      </div>
      {action}
    </div>
  );
}
