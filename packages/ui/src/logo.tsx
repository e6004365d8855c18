import styles from './logo.module.css';

const lid = 'M16 1.2L22.5 3.3V7.5L16 9.6L9.5 7.5V3.3Z';
const columns = [
  'M9.5 9L16 11.1L22.5 9V14.7L16.63 17.01V12.9L9.5 10.5Z',
  'M8.88 12L15.38 14.1V18.3L8.88 20.4L2.38 18.3V14.1Z',
  'M2.38 19.8L8.88 21.9L15.38 19.8V28.9L8.88 31L2.38 28.9Z',
  'M23.13 16.2L29.63 18.3V22.5L23.13 24.6L16.63 22.5V18.3Z',
  'M16.63 24L23.13 26.1L29.63 24V28.9L23.13 31L16.63 28.9Z',
];

/** Three interlocking columns, only the highest lid is amethyst. `onStone` is for the rail, which is dark in both themes. */
export function Logo({ size = 26, label, onStone = false }: { size?: number; label: string; onStone?: boolean }) {
  return (
    <svg
      className={onStone ? styles.onStone : styles.logo}
      viewBox="0 0 32 32"
      width={size}
      height={size}
      role="img"
      aria-label={label}
    >
      <path className={styles.lid} d={lid} />
      {columns.map((d) => (
        <path key={d} fill="currentColor" d={d} />
      ))}
    </svg>
  );
}
