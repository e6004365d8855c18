'use client';
import { StateMark } from './state-mark.tsx';
import type { StateTone } from './tokens.ts';
import { cx } from './cx.ts';
import { formatNumber } from './format.ts';
import styles from './facets.module.css';

export interface Facet {
  key: string;
  label: React.ReactNode;
  /** How many rows it would leave; undefined while unknown, null where nobody counts. */
  count: number | undefined | null;
  tone?: StateTone;
  active?: boolean;
  /** Starts a new group after a thin line. */
  divider?: boolean;
}

export interface FacetsProps {
  facets: readonly Facet[];
  onToggle: (key: string) => void;
  label: string;
  extra?: React.ReactNode;
}

/** Ready conditions with their counts; a click filters, a second one takes it back. */
export function Facets({ facets, onToggle, label, extra }: FacetsProps) {
  return (
    <div className={styles.facets} role="group" aria-label={label}>
      {facets.map((facet) => (
        <span key={facet.key} className={styles.slot}>
          {facet.divider && <span className={styles.divider} />}
          <button
            type="button"
            className={cx(styles.facet, facet.active && styles.active)}
            aria-pressed={facet.active === true}
            onClick={() => onToggle(facet.key)}
          >
            {facet.tone && <StateMark tone={facet.tone} size={11} />}
            <span>{facet.label}</span>
            {facet.count !== null && <b>{facet.count === undefined ? '—' : formatNumber(facet.count)}</b>}
          </button>
        </span>
      ))}
      <span className={styles.space} />
      {extra}
    </div>
  );
}
