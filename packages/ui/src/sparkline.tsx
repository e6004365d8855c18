import { usageThresholds } from './usage-bar.tsx';
import styles from './sparkline.module.css';

export interface SparklineProps {
  /** Oldest first; null = nothing was measured. */
  values: readonly (number | null)[];
  /** The top of the scale; the largest value unless given. */
  max?: number;
  label: string;
  width?: number;
  height?: number;
  /** Red at this share of `max` (rule 24). */
  alarm?: number;
}

/** A small grey line with a soft area; red only while its last value is. Gaps stay gaps. */
export function Sparkline({
  values,
  max,
  label,
  width = 52,
  height = 18,
  alarm = usageThresholds.err,
}: SparklineProps) {
  const known = values.filter((value) => value !== null);
  const top = max ?? Math.max(1e-9, ...known);
  const last = known.at(-1);
  const at = (value: number, index: number): string => {
    const x = values.length < 2 ? width : (index / (values.length - 1)) * width;
    return `${x.toFixed(1)} ${(height - 1 - Math.min(1, Math.max(0, value / top)) * (height - 2)).toFixed(1)}`;
  };
  const runs: string[][] = [];
  values.forEach((value, index) => {
    if (value === null) return;
    if (index === 0 || values[index - 1] === null) runs.push([]);
    runs.at(-1)?.push(at(value, index));
  });
  const red = last !== undefined && max !== undefined && last / top >= alarm;
  return (
    <svg
      className={red ? styles.red : styles.spark}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={label}
    >
      {runs.map((run) => {
        const from = run[0]?.split(' ')[0];
        const to = run.at(-1)?.split(' ')[0];
        const line = `M${run.join('L')}`;
        return (
          <g key={from}>
            <path className={styles.area} d={`${line}L${to} ${height}L${from} ${height}Z`} />
            <path className={styles.line} d={line} />
          </g>
        );
      })}
    </svg>
  );
}
