/** An entry as an RFC 5424 message: header, structured data, then a sentence in English for people. */
import { hostname } from 'node:os';
import type { LogRow } from '../store/operation-log-store.ts';
import { errorTold, operationName } from './entry-view.ts';

/** 32473 is the number that RFC 5612 keeps for documentation; we have none of our own. */
const SD_ID = 'basalt@32473';
const BOM = '\uFEFF';
/** Receivers must take 2048 bytes and should take 8192 (RFC 5425). */
const MESSAGE_BYTES_MAX = 8_192;
const VALUE_MAX = 512;

// oxlint-disable-next-line no-control-regex -- ANSI sequences begin with ESC or CSI
const ansi = /(?:\u001B\[|\u009B)[0-?]*[ -/]*[@-~]|\u001B[@-Z\\-_]/gu;
// oxlint-disable-next-line no-control-regex -- control characters, also the invisible ones that turn text around
const control = /[\u0000-\u001F\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069]+/gu;

/** One line without anything that a terminal would obey. */
export const lineCleaned = (text: string): string => text.replaceAll(ansi, '').replaceAll(control, ' ').toWellFormed();

const token = (text: string, max: number): string => text.replaceAll(/[^\u0021-\u007E]/gu, '').slice(0, max) || '-';

const value = (text: string): string =>
  lineCleaned(text)
    .slice(0, VALUE_MAX)
    .toWellFormed()
    .replaceAll(/["\\\]]/gu, String.raw`\$&`);

const severities: Readonly<Record<LogRow['result'], number>> = { accepted: 6, succeeded: 6, failed: 4 };

/** As few bytes of it as are allowed, whole characters. */
function cutTo(text: string, bytes: number): string {
  const buffer = Buffer.from(text);
  if (buffer.length <= bytes) return text;
  let end = bytes;
  while (end > 0 && ((buffer[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return buffer.subarray(0, end).toString('utf8');
}

/** @param facility 0–23. */
export function syslogMessage(row: LogRow, facility: number, host = hostname()): string {
  const data: Record<string, string | number | null> = {
    seq: row.sequence,
    hash: row.hash.toString('hex'),
    operation: row.operation,
    module: row.module,
    result: row.result,
    region: row.region,
    about: row.about,
    account: row.accountName,
    accountId: row.accountId,
    via: row.via,
    address: row.address,
    client: row.client,
    requestId: row.requestId,
    taskId: row.taskId,
    error: row.error,
    resources: row.resources.map(({ kind, id, name }) => `${kind} ${id} ${name}`).join('; '),
    detail: Object.keys(row.detail).length === 0 ? '' : JSON.stringify(row.detail),
  };
  const params = Object.entries(data)
    .filter(([, each]) => each !== null && each !== '')
    .map(([name, each]) => `${name}="${value(String(each))}"`)
    .join(' ');
  const header = [
    `<${facility * 8 + severities[row.result]}>1`,
    row.at.toISOString(),
    token(host, 255),
    'basalt',
    '-',
    token(row.operation, 32),
    `[${SD_ID} ${params}]`,
  ].join(' ');
  const who = row.accountName === '' ? 'the platform' : row.accountName;
  const what = row.resources.map(({ name }) => name).join(', ');
  const error = errorTold(row, 'en-US');
  const sentence = `${operationName(row.operation, 'en-US')}${what ? ` (${what})` : ''} by ${who} from ${row.address || 'here'}: ${row.result}${error ? `: ${error}` : ''}`;
  return cutTo(`${header} ${BOM}${lineCleaned(sentence)}`, MESSAGE_BYTES_MAX);
}

/** With its length before it (RFC 5425 and RFC 6587). */
export function syslogFrame(message: string): Buffer {
  const body = Buffer.from(message);
  return Buffer.concat([Buffer.from(`${body.length} `), body]);
}
