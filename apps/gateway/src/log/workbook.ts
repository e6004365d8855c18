/**
 * A workbook (.xlsx) written row by row. The libraries for it keep all cells in memory before they write the first, and a log
 * has a million; the part of the format that a plain table needs is small. Texts are stored as texts and never as formulas;
 * those that begin like one carry the mark by which a spreadsheet keeps them texts when they are edited.
 */
import type { ZipFile } from './zip-stream.ts';
import { zipStream } from './zip-stream.ts';

/** A number is a number, a Date a moment in the zone of the workbook. */
export type Cell = string | number | Date | null;

export interface Column {
  readonly title: string;
  /** In characters. */
  readonly width: number;
}

export interface WorkbookOptions {
  readonly sheetName: string;
  readonly columns: readonly Column[];
  /** IANA name of the zone that moments are shown in. */
  readonly timeZone: string;
  /** Rows by batches. */
  readonly rows: AsyncIterable<readonly (readonly Cell[])[]>;
  /** Rows of one sheet at most; then another begins. A spreadsheet takes 1 048 576. */
  readonly rowsPerSheet?: number;
}

const CELL_MAX = 32_767;
const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELS = 'http://schemas.openxmlformats.org/package/2006/relationships';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
/** Places in `cellXfs` of the style sheet below. */
const style = { plain: 0, head: 1, moment: 2, kept: 3 } as const;

// oxlint-disable-next-line no-control-regex -- what XML cannot hold, and what its readers would change
const special = /[<>&"\u0000-\u001F\uFFFE\uFFFF]|_x[0-9A-Fa-f]{4}_/u;
// oxlint-disable-next-line no-control-regex -- as above
const specialEach = /[<>&"\u0000-\u001F\uFFFE\uFFFF]|_(?=x[0-9A-Fa-f]{4}_)/gu;
const entities: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '"': '&quot;',
  '\t': '\t',
  '\n': '\n',
};

/** What XML cannot hold is written as `_xHHHH_`, as the format says. */
const escaped = (text: string): string =>
  special.test(text)
    ? text.replaceAll(
        specialEach,
        (char) => entities[char] ?? `_x${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`,
      )
    : text;

/** Texts that a spreadsheet would take for a formula, or hide the beginning of one from the eye. */
export const looksLikeFormula = (text: string): boolean => /^[=+\-@\t\r\n]/u.test(text);

const columnName = (index: number): string =>
  index < 26 ? String.fromCodePoint(65 + index) : columnName(Math.floor(index / 26) - 1) + columnName(index % 26);

/** Days since 1899-12-30 by the clocks of a zone. */
function momentIn(timeZone: string): (moment: Date) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  // no zone changes its clocks but at a quarter of an hour
  const QUARTER = 900_000;
  const offsets = new Map<number, number>();
  const offsetAt = (quarter: number): number => {
    const start = new Date(quarter * QUARTER);
    const part = Object.fromEntries(format.formatToParts(start).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
    return Date.UTC(year, month - 1, day, hour, minute, second) - start.getTime();
  };
  return (moment) => {
    const quarter = Math.floor(moment.getTime() / QUARTER);
    let offset = offsets.get(quarter);
    if (offset === undefined) {
      offset = offsetAt(quarter);
      if (offsets.size > 100_000) offsets.clear();
      offsets.set(quarter, offset);
    }
    return (moment.getTime() + offset) / 86_400_000 + 25_569;
  };
}

const styles = `${HEAD}<styleSheet xmlns="${MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/><xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1" applyNumberFormat="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`;

const rootRelations = `${HEAD}<Relationships xmlns="${RELS}"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`;

const numbersTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

const contentTypes = (sheets: number): string =>
  `${HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>${numbersTo(
    sheets,
  )
    .map(
      (n) =>
        `<Override PartName="/xl/worksheets/sheet${n}.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>`,
    )
    .join('')}</Types>`;

const workbook = (name: string, sheets: number): string =>
  `${HEAD}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>${numbersTo(sheets)
    .map((n) => `<sheet name="${escaped(n === 1 ? name : `${name} ${n}`)}" sheetId="${n}" r:id="rId${n}"/>`)
    .join('')}</sheets></workbook>`;

const workbookRelations = (sheets: number): string =>
  `${HEAD}<Relationships xmlns="${RELS}">${numbersTo(sheets)
    .map((n) => `<Relationship Id="rId${n}" Type="${OFFICE}/worksheet" Target="worksheets/sheet${n}.xml"/>`)
    .join('')}<Relationship Id="rId${sheets + 1}" Type="${OFFICE}/styles" Target="styles.xml"/></Relationships>`;

/** The bytes of a workbook. */
export function workbookStream({
  sheetName,
  columns,
  timeZone,
  rows,
  rowsPerSheet = 500_000,
}: WorkbookOptions): AsyncGenerator<Buffer> {
  const names = columns.map((_, i) => columnName(i));
  const dayOf = momentIn(timeZone);

  const cellText = (cell: Cell, name: string, row: number): string => {
    if (cell === null || cell === '') return '';
    const place = `r="${name}${row}"`;
    if (typeof cell === 'number') return `<c ${place}><v>${cell}</v></c>`;
    if (cell instanceof Date) return `<c ${place} s="${style.moment}"><v>${dayOf(cell)}</v></c>`;
    const text = (cell.length > CELL_MAX ? cell.slice(0, CELL_MAX) : cell).toWellFormed();
    const mark = looksLikeFormula(text) ? ` s="${style.kept}"` : '';
    return `<c ${place} t="inlineStr"${mark}><is><t xml:space="preserve">${escaped(text)}</t></is></c>`;
  };
  const rowText = (cells: readonly Cell[], row: number): string =>
    `<row r="${row}">${cells.map((cell, i) => cellText(cell, names[i] ?? '', row)).join('')}</row>`;
  const head = `${HEAD}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>${columns
    .map(({ width }, i) => `<col min="${i + 1}" max="${i + 1}" width="${width}" customWidth="1"/>`)
    .join('')}</cols><sheetData><row r="1">${columns
    .map(({ title }, i) => `<c r="${names[i]}1" s="${style.head}" t="inlineStr"><is><t>${escaped(title)}</t></is></c>`)
    .join('')}</row>`;

  const parts = async function* (): AsyncGenerator<ZipFile> {
    const batches = rows[Symbol.asyncIterator]();
    let waiting: readonly (readonly Cell[])[] = [];
    let isDone = false;
    let sheets = 0;
    const sheet = async function* (): AsyncGenerator<string> {
      yield head;
      let count = 0;
      while (count < rowsPerSheet) {
        if (waiting.length === 0) {
          const next = await batches.next();
          if (next.done) {
            isDone = true;
            break;
          }
          waiting = next.value;
        }
        const fitting = waiting.slice(0, rowsPerSheet - count);
        waiting = waiting.slice(fitting.length);
        const first = count + 2;
        yield fitting.map((cells, i) => rowText(cells, first + i)).join('');
        count += fitting.length;
      }
      // a sheet that is full need not have another behind it
      if (!isDone && waiting.length === 0) {
        const next = await batches.next();
        if (next.done) isDone = true;
        else waiting = next.value;
      }
      yield '</sheetData></worksheet>';
    };
    try {
      do {
        sheets += 1;
        yield { name: `xl/worksheets/sheet${sheets}.xml`, content: sheet() };
      } while (!isDone);
    } finally {
      await batches.return?.();
    }
    yield { name: 'xl/styles.xml', content: [styles] };
    yield { name: 'xl/workbook.xml', content: [workbook(sheetName, sheets)] };
    yield { name: 'xl/_rels/workbook.xml.rels', content: [workbookRelations(sheets)] };
    yield { name: '_rels/.rels', content: [rootRelations] };
    yield { name: '[Content_Types].xml', content: [contentTypes(sheets)] };
  };
  return zipStream(parts());
}
