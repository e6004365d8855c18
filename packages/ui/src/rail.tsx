import { Logo } from './logo.tsx';
import { cx } from './cx.ts';
import styles from './rail.module.css';
import type { LinkRenderer } from './link.ts';

export interface RailItem {
  key: string;
  label: string;
  icon: React.ReactNode;
  href: string;
  /** Critical things open behind it; shown in red. */
  badge?: { count: number; label: string } | undefined;
}

export interface RailProps {
  items: readonly RailItem[];
  activeKey: string;
  /** Accessible name of the navigation. */
  label: string;
  logoLabel: string;
  homeHref: string;
  link: LinkRenderer;
}

/** The short service menu on dark stone, the same in both themes. */
export function Rail({ items, activeKey, label, logoLabel, homeHref, link }: RailProps) {
  return (
    <nav className={styles.rail} aria-label={label}>
      {link({ href: homeHref, className: styles.logo, children: <Logo label={logoLabel} onStone /> })}
      {items.map((item) =>
        link({
          key: item.key,
          href: item.href,
          className: cx(styles.item, item.key === activeKey && styles.active),
          current: item.key === activeKey,
          children: (
            <>
              {item.icon}
              <span className={styles.word}>{item.label}</span>
              {item.badge !== undefined && item.badge.count > 0 && (
                <span className={styles.badge} aria-label={item.badge.label}>
                  {item.badge.count}
                </span>
              )}
            </>
          ),
        }),
      )}
    </nav>
  );
}
