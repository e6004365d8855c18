import styles from './stack-bar.module.css';
import type { StateTone } from './tokens.ts';

/** How a whole divides into states: one 8-px bar. The numbers stand below it as words (never the bar alone). */
export function StackBar({
  parts,
  label,
}: {
  parts: readonly { key: string; tone: StateTone | 'neutral'; value: number }[];
  label: string;
}) {
  const some = parts.filter((part) => part.value > 0);
  return (
    <div className={styles.bar} role="img" aria-label={label}>
      {some.map((part) => (
        <span key={part.key} className={styles[part.tone]} style={{ flexGrow: part.value }} />
      ))}
    </div>
  );
}
