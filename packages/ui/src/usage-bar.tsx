import { Bar, type BarTone } from './bar.tsx';
import { cx } from './cx.ts';
import { formatPercent } from './format.ts';
import styles from './usage-bar.module.css';

/** From which share usage is amber and red (rule 24). */
export const usageThresholds = { warn: 0.8, err: 0.92 } as const;

/** The tone of a share of 0..1. */
export function usageTone(share: number): BarTone {
  if (share >= usageThresholds.err) return 'err';
  return share >= usageThresholds.warn ? 'warn' : 'neutral';
}

export interface UsageBarProps {
  /** Used share, 0..1; undefined means not known and shows an em dash. */
  used: number | undefined;
  /** Allocated share of the same whole, shown as a tick. */
  allocated?: number | undefined;
  /** Accessible name: what is used. */
  label: string;
  /** `cell` puts the number right of a 4-px bar, `wide` is an 8-px bar alone. */
  variant?: 'cell' | 'wide';
}

/** Used (fill) and allocated (tick) on one bar; amber from 80 %, red from 92 %. */
export function UsageBar({ used, allocated, label, variant = 'cell' }: UsageBarProps) {
  if (used === undefined) return <span className="bs-none">—</span>;
  const tone = usageTone(used);
  if (variant === 'wide') return <Bar value={used} tick={allocated} tone={tone} label={label} size={8} />;
  return (
    <span className={styles.cell}>
      <Bar value={used} tick={allocated} tone={tone} label={label} />
      <span className={cx(styles.value, tone === 'warn' && 'bs-warn', tone === 'err' && 'bs-err')}>
        {formatPercent(used)}
      </span>
    </span>
  );
}
