import { cx } from './cx.ts';
import type { LinkRenderer } from './link.ts';
import styles from './side-panel.module.css';

export interface SideItem {
  key: string;
  label: React.ReactNode;
  href: string;
  icon?: React.ReactNode;
  /** A count or a short fact at the right. */
  count?: React.ReactNode;
  countTone?: 'warn' | 'err';
  /** Depth in a tree, 0 unless told. */
  depth?: 0 | 1 | 2;
}

export interface SideGroup {
  key: string;
  title: React.ReactNode;
  /** A hint or a control at the right of the title. */
  extra?: React.ReactNode;
  items: readonly SideItem[];
}

export interface SidePanelProps {
  groups: readonly SideGroup[];
  activeKeys: readonly string[];
  label: string;
  link: LinkRenderer;
}

/** Service pages, saved views and the scope tree, each a group of links. The tree is only another filter of the same list. */
export function SidePanel({ groups, activeKeys, label, link }: SidePanelProps) {
  return (
    <nav className={styles.side} aria-label={label}>
      {groups.map((group) => (
        <div key={group.key} className={styles.group}>
          <div className={styles.head}>
            <span>{group.title}</span>
            {group.extra}
          </div>
          {group.items.map((item) => {
            const active = activeKeys.includes(item.key);
            return link({
              key: item.key,
              href: item.href,
              current: active,
              className: cx(styles.item, active && styles.active, styles[`d${item.depth ?? 0}`]),
              children: (
                <>
                  {item.icon}
                  <span className={styles.label}>{item.label}</span>
                  {item.count !== undefined && (
                    <span className={cx(styles.count, item.countTone && `bs-${item.countTone}`)}>{item.count}</span>
                  )}
                </>
              ),
            });
          })}
        </div>
      ))}
    </nav>
  );
}
