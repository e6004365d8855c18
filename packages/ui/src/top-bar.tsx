import { ChevronRight, Search } from 'lucide-react';
import { iconProps } from './icon-size.ts';
import { Kbd } from './kbd.tsx';
import type { LinkRenderer } from './link.ts';
import styles from './top-bar.module.css';

export interface Crumb {
  label: React.ReactNode;
  /** Absent on the page that is open. */
  href?: string;
}

export interface TopBarProps {
  /** The region switcher. */
  region: React.ReactNode;
  crumbs: readonly Crumb[];
  crumbsLabel: string;
  searchPlaceholder: string;
  searchShortcut: string;
  onSearch: () => void;
  /** Alerts, tasks, help and account at the right. */
  children: React.ReactNode;
  link: LinkRenderer;
}

/** Region, breadcrumbs, the search field that opens the palette, and what belongs to the reader. */
export function TopBar(props: TopBarProps) {
  return (
    <header className={styles.bar}>
      {props.region}
      <nav aria-label={props.crumbsLabel}>
        <ol className={styles.crumbs}>
          {props.crumbs.map((crumb, index) => (
            <li key={index}>
              {index > 0 && <ChevronRight {...iconProps(12)} />}
              {crumb.href === undefined ? (
                <span className={styles.here} aria-current="page">
                  {crumb.label}
                </span>
              ) : (
                props.link({ href: crumb.href, className: styles.crumb, children: crumb.label })
              )}
            </li>
          ))}
        </ol>
      </nav>
      <span className={styles.space} />
      <button type="button" className={styles.search} onClick={props.onSearch} aria-keyshortcuts="Control+K Meta+K">
        <Search {...iconProps(14)} />
        <span className={styles.placeholder}>{props.searchPlaceholder}</span>
        <Kbd>{props.searchShortcut}</Kbd>
      </button>
      {props.children}
    </header>
  );
}
