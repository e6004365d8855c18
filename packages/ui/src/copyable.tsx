'use client';
import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import styles from './copyable.module.css';
import { iconProps } from './icon-size.ts';

export interface CopyableProps {
  text: string;
  /** What is shown when it is not the text itself. */
  children?: React.ReactNode;
  /** "Copy {text}" */
  label: string;
  copiedLabel: string;
}

/** Copies, and tells for two seconds that it did. Copying needs a secure context; without one the text stays selectable. */
export function useCopy(text: string): [boolean, () => void] {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  return [
    copied,
    () =>
      void navigator.clipboard?.writeText(text).then(
        () => setCopied(true),
        () => setCopied(false),
      ),
  ];
}

/** An id, an address, a request id: mono, a click copies it. */
export function Copyable({ text, children, label, copiedLabel }: CopyableProps) {
  const [copied, copy] = useCopy(text);
  return (
    <button
      type="button"
      className={styles.copyable}
      aria-label={copied ? copiedLabel : label}
      title={copied ? copiedLabel : label}
      onClick={copy}
    >
      <span className="bs-mono">{children ?? text}</span>
      {copied ? <Check {...iconProps(12)} /> : <Copy {...iconProps(12)} />}
      <span className="bs-visually-hidden" aria-live="polite">
        {copied ? copiedLabel : ''}
      </span>
    </button>
  );
}
