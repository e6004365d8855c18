import styles from './kbd.module.css';

/** A key or a chord as printed in menus and tooltips. */
export function Kbd({ children }: { children: React.ReactNode }) {
  return <kbd className={styles.kbd}>{children}</kbd>;
}
