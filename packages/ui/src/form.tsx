'use client';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { useState } from 'react';
import styles from './form.module.css';
import { iconProps } from './icon-size.ts';
import { StateMark } from './state-mark.tsx';

export interface FormSectionProps {
  title: React.ReactNode;
  /** "required", "can be added later" */
  hint?: React.ReactNode;
  /** Anchor, so that the side panel and the error summary can jump here. */
  id: string;
  children: React.ReactNode;
}

/** A section: its name in the left column, its fields in a grid. */
export function FormSection({ title, hint, id, children }: FormSectionProps) {
  return (
    <section className={styles.section} id={id} aria-labelledby={`${id}-title`}>
      <div>
        <h3 id={`${id}-title`}>{title}</h3>
        {hint !== undefined && <p className={styles.sectionHint}>{hint}</p>}
      </div>
      <div>{children}</div>
    </section>
  );
}

/** Fields side by side. */
export function FieldGrid({ columns = 2, children }: { columns?: 1 | 2 | 3; children: React.ReactNode }) {
  return (
    <div className={styles.grid} data-columns={columns}>
      {children}
    </div>
  );
}

export interface FieldProps {
  label: React.ReactNode;
  /** The id of the control: the label points to it, and it must carry `aria-describedby={fieldHintId(id)}`. */
  id: string;
  required?: boolean;
  /** Consequence or range, in tertiary text beside the choice. */
  hint?: React.ReactNode;
  /** What is wrong, with the way out; replaces the hint. */
  error?: React.ReactNode;
  /** A link at the right end of the label. */
  extra?: React.ReactNode;
  children: React.ReactNode;
}

/** The id of a field's hint and error line. */
export const fieldHintId = (id: string): string => `${id}-hint`;

/** Label above, control, then hint or error. */
export function Field({ label, id, required = false, hint, error, extra, children }: FieldProps) {
  return (
    <div className={styles.field}>
      <div className={styles.labelRow}>
        <label htmlFor={id} className={styles.label}>
          {label}
          {required && (
            <span className={styles.star} aria-hidden>
              *
            </span>
          )}
        </label>
        {extra}
      </div>
      {children}
      <div
        id={fieldHintId(id)}
        className={error === undefined ? styles.hint : styles.error}
        role={error === undefined ? undefined : 'alert'}
      >
        {error ?? hint}
      </div>
    </div>
  );
}

export interface FoldedSectionProps {
  title: React.ReactNode;
  /** The values it holds, on the folded line. */
  summary: React.ReactNode;
  id: string;
  children: React.ReactNode;
}

/** Advanced settings: one line that states its values until it is opened. */
export function FoldedSection({ title, summary, id, children }: FoldedSectionProps) {
  const [open, setOpen] = useState(false);
  return (
    <section className={styles.folded} id={id}>
      <button
        type="button"
        className={styles.fold}
        aria-expanded={open}
        aria-controls={`${id}-body`}
        onClick={() => setOpen(!open)}
      >
        {open ? <ChevronDown {...iconProps(14)} /> : <ChevronRight {...iconProps(14)} />}
        <b>{title}</b>
        {!open && <span>{summary}</span>}
      </button>
      {/* Hidden, not unmounted: what was typed survives folding. */}
      <div id={`${id}-body`} hidden={!open} className={styles.foldBody}>
        {children}
      </div>
    </section>
  );
}

export interface FormErrorsProps {
  title: React.ReactNode;
  errors: readonly { id: string; label: React.ReactNode }[];
}

/** Every field that needs a change, once at the top; a click jumps to it. */
export function FormErrors({ title, errors }: FormErrorsProps) {
  if (errors.length === 0) return null;
  return (
    <div className={styles.summary} role="alert">
      <StateMark tone="err" />
      <span>{title}</span>
      {errors.map((error) => (
        <button key={error.id} type="button" onClick={() => document.getElementById(error.id)?.focus()}>
          {error.label}
        </button>
      ))}
    </div>
  );
}

/** The line at the bottom of a form: primary button, others, a fact at the right end. */
export function FormFoot({ children, extra }: { children: React.ReactNode; extra?: React.ReactNode }) {
  return (
    <div className={styles.foot}>
      {children}
      <span className={styles.space} />
      {extra}
    </div>
  );
}
