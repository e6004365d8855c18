/** The mail of a rule: how many entries, the newest of them line by line. */
import { fill, type Locale, type Text } from '@basalt/contract';
import type { LogRow } from '../store/operation-log-store.ts';
import { errorTold, moduleName, operationName } from './entry-view.ts';
import { lineCleaned } from './syslog-message.ts';

const text = (zh: string, en: string): Text => ({ 'zh-CN': zh, 'en-US': en });
const subject = text('操作日志：{rule}（{count} 条）', 'Operation log: {rule} ({count})');
const head = text(
  '规则「{rule}」匹配到 {count} 条操作日志：',
  'Rule "{rule}" matches {count} entries of the operation log:',
);
const more = text('……以及更早的 {rest} 条，请在操作日志中查看。', '… and {rest} earlier ones; see the operation log.');
const results: Readonly<Record<LogRow['result'], Text>> = {
  accepted: text('已受理', 'accepted'),
  succeeded: text('成功', 'succeeded'),
  failed: text('失败', 'failed'),
};
const platform = text('平台', 'the platform');

function lineOf(row: LogRow, locale: Locale): string {
  const error = errorTold(row, locale);
  const parts = [
    `${row.at.toISOString().slice(0, 19).replace('T', ' ')} UTC`,
    row.region ?? platform[locale],
    moduleName(row.module, locale),
    operationName(row.operation, locale),
    row.resources.map(({ name }) => name).join(', '),
    row.accountName || platform[locale],
    row.address,
    error === null ? results[row.result][locale] : `${results[row.result][locale]}: ${error}`,
  ];
  return parts
    .map((part) => lineCleaned(part).slice(0, 200))
    .filter(Boolean)
    .join(' | ');
}

/** @param most entries told one by one; of the others only their number. */
export function digestText(
  rule: string,
  entries: readonly LogRow[],
  most: number,
  locale: Locale,
): { subject: string; text: string } {
  const shown = entries.slice(-most).toReversed();
  const params = { rule, count: entries.length, rest: entries.length - shown.length };
  const lines = [fill(head[locale], params), '', ...shown.map((row) => lineOf(row, locale))];
  if (params.rest > 0) lines.push('', fill(more[locale], params));
  return { subject: fill(subject[locale], params), text: `${lines.join('\n')}\n` };
}
