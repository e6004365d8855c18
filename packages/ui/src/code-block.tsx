'use client';
import { Button } from 'antd';
import { Check, Copy } from 'lucide-react';
import styles from './code-block.module.css';
import { useCopy } from './copyable.tsx';
import { iconProps } from './icon-size.ts';

/** A command or a log in mono on sunken ground, with a copy button below. */
export function CodeBlock({
  text,
  copyLabel,
  copiedLabel,
  label,
}: {
  text: string;
  copyLabel: string;
  copiedLabel: string;
  label: string;
}) {
  const [copied, copy] = useCopy(text);
  return (
    <div>
      <pre className={styles.code} aria-label={label} tabIndex={0}>
        {text}
      </pre>
      <Button
        type="link"
        size="small"
        icon={copied ? <Check {...iconProps(14)} /> : <Copy {...iconProps(14)} />}
        onClick={copy}
      >
        {copied ? copiedLabel : copyLabel}
      </Button>
    </div>
  );
}
