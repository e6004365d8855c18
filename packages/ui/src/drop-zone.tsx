'use client';
import { FileUp } from 'lucide-react';
import { useRef, useState } from 'react';
import { cx } from './cx.ts';
import styles from './drop-zone.module.css';
import { iconProps } from './icon-size.ts';

export interface DropZoneProps {
  id: string;
  /** What may be dropped, and that it may be chosen instead. */
  children: React.ReactNode;
  /** Name and size of what was chosen. */
  chosen?: React.ReactNode;
  describedBy?: string;
  accept?: string;
  onFile: (file: File) => void;
}

/** Takes one file by drag and drop or by choosing. It is a button, so it is reached and pressed by keyboard too. */
export function DropZone({ id, children, chosen, describedBy, accept, onFile }: DropZoneProps) {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  return (
    <>
      <button
        type="button"
        id={id}
        aria-describedby={describedBy}
        className={cx(styles.zone, over && styles.over)}
        onClick={() => input.current?.click()}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          const file = event.dataTransfer.files[0];
          if (file) onFile(file);
        }}
      >
        <FileUp {...iconProps(18)} />
        <span>{chosen ?? children}</span>
      </button>
      <input
        ref={input}
        type="file"
        hidden
        accept={accept}
        onChange={(event) => {
          const file = event.target.files?.[0];
          // The same file may be chosen again after a failure.
          event.target.value = '';
          if (file) onFile(file);
        }}
      />
    </>
  );
}
