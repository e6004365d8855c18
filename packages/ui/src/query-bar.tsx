'use client';
import { ListFilter, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { iconProps } from './icon-size.ts';
import { usePageKeys } from './keys.ts';
import styles from './query-bar.module.css';

export interface QueryChip {
  key: string;
  field: React.ReactNode;
  value: React.ReactNode;
  /** Accessible name of its cross. */
  removeLabel: string;
}

export interface QueryBarProps {
  chips: readonly QueryChip[];
  onRemove: (key: string) => void;
  text: string;
  /** Called after a pause of 200 ms, and at once on Enter. */
  onText: (text: string) => void;
  label: string;
  placeholder: string;
  /** "1,240 · 84 ms" at the right end. */
  result?: React.ReactNode;
  /** Buttons at the right: save view, columns, export. */
  children?: React.ReactNode;
}

/** Search and conditions in one field. `/` focuses it; Backspace in the empty field takes the last condition away. */
export function QueryBar({ chips, onRemove, text, onText, label, placeholder, result, children }: QueryBarProps) {
  const input = useRef<HTMLInputElement>(null);
  const [draft, setDraft] = useState(text);
  const [seen, setSeen] = useState(text);
  // A query changed elsewhere (back button, facet) replaces what was typed.
  if (seen !== text) {
    setSeen(text);
    setDraft(text);
  }
  useEffect(() => {
    if (draft === text) return undefined;
    const timer = setTimeout(() => onText(draft), 200);
    return () => clearTimeout(timer);
  }, [draft, text, onText]);
  usePageKeys((key) => {
    if (key !== '/') return false;
    input.current?.focus();
    return true;
  });
  return (
    <div className={styles.query}>
      <div className={styles.field}>
        <ListFilter {...iconProps()} />
        {chips.map((chip) => (
          <span key={chip.key} className={styles.chip}>
            <span className={styles.chipField}>{chip.field}</span>
            {chip.value}
            <button type="button" aria-label={chip.removeLabel} onClick={() => onRemove(chip.key)}>
              <X {...iconProps(12)} />
            </button>
          </span>
        ))}
        <input
          ref={input}
          value={draft}
          aria-label={label}
          placeholder={placeholder}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => setDraft(event.target.value)}
          onKeyDown={(event) => {
            const last = chips.at(-1);
            if (event.key === 'Enter') onText(draft);
            else if (event.key === 'Escape') input.current?.blur();
            else if (event.key === 'Backspace' && draft === '' && last) onRemove(last.key);
          }}
        />
        {result !== undefined && <span className={styles.result}>{result}</span>}
      </div>
      {children}
    </div>
  );
}
