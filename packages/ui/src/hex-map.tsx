'use client';
import { Tooltip } from 'antd';
import { cx } from './cx.ts';
import styles from './hex-map.module.css';
import type { LinkRenderer } from './link.ts';

export interface HexMapHost {
  key: string;
  /** Name and facts, for tooltip and screen readers. */
  label: string;
  href: string;
  /** 0..1: lightness. Undefined = not known. */
  load: number | undefined;
  /** Outline and tint; left out while all is well. */
  tone?: 'busy' | 'warn' | 'err' | undefined;
}

export interface HexMapProps {
  hosts: readonly HexMapHost[];
  label: string;
  /** Hexagons per row. */
  columns?: number;
  link: LinkRenderer;
}

const hexagon = 'M12 .7 21.8 6.35V17.65L12 23.3 2.2 17.65V6.35Z';

/** Which of the four stones a load of 0..1 has. */
export function stoneOf(load: number | undefined): 1 | 2 | 3 | 4 {
  if (load === undefined || load < 0.25) return 1;
  if (load < 0.5) return 2;
  return load < 0.75 ? 3 : 4;
}

/** One hexagon per host: lightness is load, outline and tint are trouble. Up to 500 hosts. */
export function HexMap({ hosts, label, columns = 8, link }: HexMapProps) {
  const rows: HexMapHost[][] = [];
  hosts.forEach((host, index) => {
    if (index % columns === 0) rows.push([]);
    rows.at(-1)?.push(host);
  });
  return (
    <div className={styles.map} role="list" aria-label={label}>
      {rows.map((row, index) => (
        <div key={row[0]?.key} className={cx(styles.row, index % 2 === 1 && styles.odd)}>
          {row.map((host) => (
            <Tooltip key={host.key} title={host.label}>
              <span role="listitem">
                {link({
                  href: host.href,
                  className: styles.hex,
                  children: (
                    <svg viewBox="0 0 24 24" width="24" height="24" role="img" aria-label={host.label}>
                      <path
                        className={cx(styles[`s${stoneOf(host.load)}`], host.tone && styles[host.tone])}
                        d={hexagon}
                      />
                    </svg>
                  ),
                })}
              </span>
            </Tooltip>
          ))}
        </div>
      ))}
    </div>
  );
}

/** low ▢▢▢▢ high */
export function HexMapLegend({ low, high }: { low: React.ReactNode; high: React.ReactNode }) {
  return (
    <span className={styles.legend}>
      {low}
      {([1, 2, 3, 4] as const).map((stone) => (
        <i key={stone} className={styles[`k${stone}`]} />
      ))}
      {high}
    </span>
  );
}
