import { cx } from './cx.ts';
import styles from './tag.module.css';

/** A tag of the user or a short kind; `line` for what is not a tag but looks like one. */
export function Tag({ children, line = false }: { children: React.ReactNode; line?: boolean }) {
  return <span className={cx(styles.tag, line && styles.line)}>{children}</span>;
}
