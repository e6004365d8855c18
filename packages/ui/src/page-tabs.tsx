import { cx } from './cx.ts';
import type { LinkRenderer } from './link.ts';
import styles from './page-tabs.module.css';

export interface PageTab {
  key: string;
  label: React.ReactNode;
  count?: number | undefined;
  href: string;
}

/** Tabs of a page. They are links: every tab has its own address. */
export function PageTabs({
  tabs,
  activeKey,
  label,
  link,
}: {
  tabs: readonly PageTab[];
  activeKey: string;
  label: string;
  link: LinkRenderer;
}) {
  return (
    <nav className={styles.tabs} aria-label={label}>
      {tabs.map((tab) =>
        link({
          key: tab.key,
          href: tab.href,
          current: tab.key === activeKey,
          className: cx(styles.tab, tab.key === activeKey && styles.active),
          children: (
            <>
              {tab.label}
              {tab.count !== undefined && <span> {tab.count}</span>}
            </>
          ),
        }),
      )}
    </nav>
  );
}
