import styles from './page-header.module.css';

export interface PageHeaderProps {
  title: React.ReactNode;
  /** A fact or two beside the title. */
  subtitle?: React.ReactNode;
  /** StatePill or tags. */
  pill?: React.ReactNode;
  /** One primary button at most, at the right end. */
  actions?: React.ReactNode;
  /** A second line: id, addresses, owner. */
  facts?: React.ReactNode;
  /** A Note below: what needs attention. */
  note?: React.ReactNode;
}

/** The title band: the only h1 of a page. */
export function PageHeader({ title, subtitle, pill, actions, facts, note }: PageHeaderProps) {
  return (
    <div className={styles.header}>
      <div className={styles.line}>
        <h1 className={styles.title}>{title}</h1>
        {pill}
        {subtitle !== undefined && <span className={styles.subtitle}>{subtitle}</span>}
        <span className={styles.space} />
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </div>
      {facts !== undefined && <div className={styles.facts}>{facts}</div>}
      {note !== undefined && <div className={styles.note}>{note}</div>}
    </div>
  );
}
