'use client';
import { StateMark } from '@basalt/ui';
import styles from './verdict-list.module.css';
import type { VerdictStep } from './verdict-steps.ts';

interface VerdictListProps<Stage extends string> {
  label: string;
  steps: readonly VerdictStep<Stage>[];
  words: {
    stage: (stage: Stage) => string;
    tone: (tone: 'ok' | 'err' | 'off' | 'skipped') => string;
    /** Behind a step that the settings do without. */
    skipped: string;
  };
}

/** The stages that something went through, each with its mark. */
export function VerdictList<Stage extends string>({ label, steps, words }: VerdictListProps<Stage>) {
  return (
    <ol className={styles.stages} aria-label={label}>
      {steps.map(({ stage, tone, skipped }) => (
        <li key={stage} data-tone={tone}>
          <StateMark tone={tone} label={words.tone(skipped ? 'skipped' : (tone as 'ok' | 'err' | 'off'))} />
          <span>{words.stage(stage)}</span>
          {skipped && <span className="bs-caption bs-tertiary">{words.skipped}</span>}
        </li>
      ))}
    </ol>
  );
}

/** Where what came of a test is told, below what asked for it. */
export function VerdictPlace({ children }: { children: React.ReactNode }) {
  return (
    <div className={styles.verdict} role="status" aria-live="polite">
      {children}
    </div>
  );
}
