import styles from './empty-state.module.css';

export interface EmptyStateProps {
  title: React.ReactNode;
  /** What this is for, in one sentence. */
  children: React.ReactNode;
  /** One primary action and one example. */
  actions?: React.ReactNode;
}

/** Nothing there yet: line-drawn columns, one sentence, one action. */
export function EmptyState({ title, children, actions }: EmptyStateProps) {
  return (
    <div className={styles.empty}>
      <svg
        width="88"
        height="76"
        viewBox="0 0 88 76"
        fill="none"
        strokeWidth="1.25"
        strokeLinejoin="round"
        className={styles.columns}
        aria-hidden
      >
        <path className={styles.lid} d="M44 3 58 10V19L44 26 30 19V10Z" />
        <path d="M30 19V31M58 19V36M44 26V33" />
        <path d="M30 31 44 38V46L30 53 16 46V38Z" />
        <path d="M58 36 72 43V51L58 58 44 51V43" />
        <path d="M16 46V66L30 73 44 66V46M44 66 58 73 72 66V51M30 53V73M58 58V73" />
      </svg>
      <h2>{title}</h2>
      <p>{children}</p>
      {actions !== undefined && <div className={styles.actions}>{actions}</div>}
    </div>
  );
}

export interface FilteredEmptyProps {
  title: React.ReactNode;
  children?: React.ReactNode;
  /** Conditions to drop, the one that excludes most first, each with what would be left. */
  offers: readonly { key: string; label: React.ReactNode; left?: React.ReactNode; onDrop: () => void }[];
}

/** Nothing matches: names the conditions and offers to drop them. */
export function FilteredEmpty({ title, children, offers }: FilteredEmptyProps) {
  return (
    <div className={styles.empty}>
      <h2>{title}</h2>
      {children !== undefined && <p>{children}</p>}
      <ul className={styles.offers}>
        {offers.map((offer) => (
          <li key={offer.key}>
            <button type="button" onClick={offer.onDrop}>
              {offer.label}
            </button>
            {offer.left !== undefined && <span>{offer.left}</span>}
          </li>
        ))}
      </ul>
    </div>
  );
}
