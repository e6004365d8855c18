import { Copyable } from './copyable.tsx';
import { StateMark } from './state-mark.tsx';
import styles from './error-state.module.css';

export interface ErrorStateProps {
  /** What could not be done. */
  title: React.ReactNode;
  /** Why, in one sentence. */
  why: React.ReactNode;
  /** Further facts: cause, what still works, with their labels. */
  facts?: readonly { label: React.ReactNode; value: React.ReactNode }[];
  requestId?: { label: React.ReactNode; id: string; copyLabel: string; copiedLabel: string } | undefined;
  /** What to do next: retry button at the right, links below. */
  retry?: React.ReactNode;
  next?: React.ReactNode;
}

/** A failure: what, why, what still works, what next, request id. */
export function ErrorState({ title, why, facts = [], requestId, retry, next }: ErrorStateProps) {
  return (
    <div className={styles.error} role="alert">
      <div className={styles.band}>
        <span className={styles.mark}>
          <StateMark tone="err" />
        </span>
        <div className={styles.words}>
          <b>{title}</b>
          <p>{why}</p>
        </div>
        {retry}
      </div>
      {(facts.length > 0 || requestId !== undefined || next !== undefined) && (
        <div className={styles.body}>
          <dl>
            {facts.map((fact, index) => (
              <div key={index}>
                <dt>{fact.label}</dt>
                <dd>{fact.value}</dd>
              </div>
            ))}
            {requestId && (
              <div>
                <dt>{requestId.label}</dt>
                <dd>
                  <Copyable text={requestId.id} label={requestId.copyLabel} copiedLabel={requestId.copiedLabel} />
                </dd>
              </div>
            )}
          </dl>
          {next !== undefined && <div className={styles.next}>{next}</div>}
        </div>
      )}
    </div>
  );
}
