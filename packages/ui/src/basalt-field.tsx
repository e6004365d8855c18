import styles from './basalt-field.module.css';

/** A number of 0..1 that depends on the place only, so that server and browser draw the same stones. */
function noise(x: number, y: number): number {
  const value = Math.sin(x * 127.1 + y * 311.7) * 43758.5453;
  return value - Math.floor(value);
}

const step = { x: 68, y: 33 };

interface Column {
  key: string;
  top: string;
  left: string;
  right: string;
  tone: string;
}

/** One column of stone: a lid and two faces; x and y are the centre of the lid. */
function column(x: number, y: number, key: string, tone: string): Column {
  return {
    key,
    tone,
    top: `M${x} ${y - 22}L${x + 34} ${y - 11}V${y + 11}L${x} ${y + 22}L${x - 34} ${y + 11}V${y - 11}Z`,
    left: `M${x - 34} ${y + 11}L${x} ${y + 22}V${y + 172}L${x - 34} ${y + 161}Z`,
    right: `M${x} ${y + 22}L${x + 34} ${y + 11}V${y + 161}L${x} ${y + 172}Z`,
  };
}

function field(width: number, height: number): Column[] {
  const all: Column[] = [];
  const lit = { row: Math.round(height / 2.7 / step.y), col: Math.round(width / 2 / step.x) };
  for (let row = -4; row * step.y < height + 60; row += 1) {
    for (let col = -1; (col - 1) * step.x < width; col += 1) {
      const isLit = row === lit.row && col === lit.col;
      const x = col * step.x + (Math.abs(row) % 2) * (step.x / 2);
      // The lit column stands above its neighbours, so that its lid is whole.
      const near = Math.abs(row - lit.row) <= 2 && Math.abs(col - lit.col) <= 1;
      const y = row * step.y + (isLit ? -14 : Math.round((noise(col, row) - (near ? 0.2 : 0.5)) * (near ? 20 : 38)));
      all.push(column(x, y, `${row}:${col}`, isLit ? 'lit' : `t${1 + Math.floor(noise(row, col) * 4)}`));
    }
  }
  return all;
}

/** A field of basalt columns, one lid of amethyst: the picture beside the sign-in. Ornament, hidden from screen readers. */
export function BasaltField({ width = 1000, height = 1000 }: { width?: number; height?: number }) {
  return (
    <svg className={styles.field} viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="xMidYMid slice" aria-hidden>
      {field(width, height).map((stone) => (
        <g key={stone.key}>
          <path className={styles.left} d={stone.left} />
          <path className={styles.right} d={stone.right} />
          <path className={styles[stone.tone]} d={stone.top} />
        </g>
      ))}
    </svg>
  );
}
