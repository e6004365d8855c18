import styles from './form-page.module.css';

export interface FormPageProps {
  /** PageHeader with the error summary as its note. */
  header: React.ReactNode;
  /** FormSections. */
  children: React.ReactNode;
  /** FormFoot. */
  foot: React.ReactNode;
  /** The right rail that answers live: capacity, placement, addresses, the same as API. */
  aside?: React.ReactNode;
  asideLabel?: string;
}

/** A form on one page: sections scroll, the foot stays, the right rail answers while one types. */
export function FormPage({ header, children, foot, aside, asideLabel }: FormPageProps) {
  return (
    <div className={styles.page}>
      <div className={styles.form}>
        <div className={styles.scroll}>
          {header}
          <div className={styles.sections}>{children}</div>
        </div>
        {foot}
      </div>
      {aside !== undefined && (
        <aside className={styles.aside} aria-label={asideLabel}>
          {aside}
        </aside>
      )}
    </div>
  );
}

/** One block of the right rail. */
export function AsideBlock({
  title,
  extra,
  children,
}: {
  title: React.ReactNode;
  extra?: React.ReactNode;
  children: React.ReactNode;
}) {
  return (
    <section className={styles.block}>
      <header className={styles.blockHead}>
        <h2>{title}</h2>
        {extra}
      </header>
      {children}
    </section>
  );
}
