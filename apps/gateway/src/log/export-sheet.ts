/** The operation log as a table for a spreadsheet: columns and cells in the reader's language. */
import { z } from 'zod';
import type { Locale, Text } from '@basalt/contract';
import { canonicalJson } from '@basalt/service';
import { errorTold, moduleName, operationName } from './entry-view.ts';
import type { Cell, Column } from './workbook.ts';

const text = (zh: string, en: string): Text => ({ 'zh-CN': zh, 'en-US': en });

const titles: readonly (readonly [Text, number])[] = [
  [text('时间', 'Time'), 20],
  [text('地域', 'Region'), 14],
  [text('所属模块', 'Module'), 16],
  [text('操作', 'Operation'), 28],
  [text('资源名称', 'Resource'), 28],
  [text('资源 ID', 'Resource id'), 38],
  [text('操作者', 'Operator'), 20],
  [text('来源', 'By'), 10],
  [text('IP 地址', 'Address'), 18],
  [text('客户端', 'Client'), 24],
  [text('结果', 'Result'), 10],
  [text('原因', 'Reason'), 40],
  [text('变更内容', 'Changes'), 40],
  [text('操作名', 'Operation name'), 28],
  [text('请求编号', 'Request id'), 38],
  [text('任务编号', 'Task id'), 38],
  [text('序号', 'Number'), 10],
];
const results: Readonly<Record<string, Text>> = {
  accepted: text('已受理', 'Accepted'),
  succeeded: text('成功', 'Succeeded'),
  failed: text('失败', 'Failed'),
};
const doors: Readonly<Record<string, Text>> = {
  console: text('控制台', 'Console'),
  api: text('API', 'API'),
  machine: text('命令行', 'Command line'),
  platform: text('平台', 'Platform'),
};
export const sheetName = text('操作日志', 'Operation log');
export const fileName = text('操作日志', 'operation-log');

export const exportColumns = (locale: Locale): readonly Column[] =>
  titles.map(([title, width]) => ({ title: title[locale], width }));

const resources = z.array(z.object({ kind: z.string(), id: z.string(), name: z.string() }));
const params = z.record(z.string(), z.union([z.string(), z.number()])).nullable();
const string = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Cells of a row of the export's statement. */
export function exportCells(row: readonly unknown[], locale: Locale): Cell[] {
  const [
    sequence,
    at,
    region,
    operation,
    module,
    given,
    account,
    via,
    address,
    client,
    requestId,
    taskId,
    result,
    error,
    errorParams,
    detail,
  ] = row;
  const about = given instanceof Array && given.length > 0 ? (resources.safeParse(given).data ?? []) : [];
  const reason =
    typeof error === 'string'
      ? errorTold({ error, errorParams: params.safeParse(errorParams).data ?? null }, locale)
      : null;
  const hasDetail = typeof detail === 'object' && detail !== null && Object.keys(detail).length > 0;
  return [
    at instanceof Date ? at : null,
    string(region),
    moduleName(string(module), locale),
    operationName(string(operation), locale),
    about.map(({ name }) => name).join(', '),
    about.map(({ id }) => id).join(', '),
    string(account),
    doors[string(via)]?.[locale] ?? string(via),
    string(address),
    string(client),
    results[string(result)]?.[locale] ?? string(result),
    reason,
    hasDetail ? canonicalJson(detail) : null,
    string(operation),
    string(requestId),
    string(taskId),
    Number(sequence),
  ];
}
