import { cx } from './cx.ts';
import styles from './bar-button.module.css';

export interface BarButtonProps extends React.ComponentPropsWithRef<'button'> {
  /** `frame` has a border (region switcher), `plain` none (top bar). */
  look?: 'frame' | 'plain';
}

/** A quiet button for the top bar, usable as the trigger of a menu. */
export function BarButton({ look = 'plain', className, ...rest }: BarButtonProps) {
  return <button type="button" {...rest} className={cx(styles.button, styles[look], className)} />;
}

/** The reader's initial in a square. */
export function Avatar({ name }: { name: string }) {
  return (
    // The letter is drawn by the style sheet: as text it would be part of what the button seems to be called.
    <span className={styles.avatar} aria-hidden data-letter={Array.from(name)[0] ?? ''} />
  );
}
