import { cx } from './cx.ts';
import styles from './app-frame.module.css';

export interface AppFrameProps {
  /** One line above everything, while the whole page means something else than usual. */
  banner?: React.ReactNode;
  rail: React.ReactNode;
  topBar: React.ReactNode;
  /** Left out on pages that use the full width. */
  side?: React.ReactNode;
  tray?: React.ReactNode;
  /** Right rail of 320 px: what answers live while a form is filled in. */
  aside?: React.ReactNode;
  children: React.ReactNode;
  /** Link for keyboards that jumps over the navigation. */
  skipLabel: string;
}

/** The grid of every signed-in page: rail, top bar, side panel, content, task tray. Only the content scrolls. */
export function AppFrame({ banner, rail, topBar, side, tray, aside, children, skipLabel }: AppFrameProps) {
  return (
    <div className={styles.window}>
      <a className={styles.skip} href="#content">
        {skipLabel}
      </a>
      {banner}
      <div className={styles.app}>
        {rail}
        {topBar}
        <div className={cx(styles.body, side === undefined && styles.full)}>
          {side}
          <div className={styles.column}>
            <main id="content" className={styles.main} tabIndex={-1}>
              {children}
            </main>
            {tray}
          </div>
          {aside}
        </div>
      </div>
    </div>
  );
}
