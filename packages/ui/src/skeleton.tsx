import styles from './skeleton.module.css';

/** One grey bar in the place and width of what will be read. `fade` 0..1 lets lower rows fade away. */
export function SkeletonBar({
  width,
  fade = 0,
  height = 10,
}: {
  width: number | string;
  fade?: number;
  height?: number;
}) {
  return <span className={styles.bar} style={{ width, height, opacity: 1 - fade * 0.85 }} aria-hidden />;
}

/** A few lines of text to come. */
export function SkeletonLines({ lines = 3, label }: { lines?: number; label: string }) {
  return (
    <div className={styles.lines} role="status" aria-label={label}>
      {Array.from({ length: lines }, (_, index) => (
        <SkeletonBar key={index} width={`${88 - ((index * 17) % 40)}%`} fade={index / lines} />
      ))}
    </div>
  );
}
