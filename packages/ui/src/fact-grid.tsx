import styles from './fact-grid.module.css';

export interface Fact {
  key: string;
  label: React.ReactNode;
  /** Undefined shows an em dash. */
  value: React.ReactNode;
}

/** Labels and values in one to three columns. */
export function FactGrid({ facts, columns = 1 }: { facts: readonly Fact[]; columns?: 1 | 2 | 3 }) {
  return (
    <dl className={styles.grid} data-columns={columns}>
      {facts.map((fact) => (
        <div key={fact.key} className={styles.fact}>
          <dt>{fact.label}</dt>
          <dd>{fact.value ?? <span className="bs-none">—</span>}</dd>
        </div>
      ))}
    </dl>
  );
}
