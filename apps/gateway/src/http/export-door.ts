/**
 * `GET /api/v1/operation-log/export/{token}`: the workbook that was ordered, as it is made. The token works once, for a
 * minute, and only for the account that ordered it. The reader's pace is the database's: nothing piles up between them. Few are
 * written at a time; the others wait.
 */
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { BasaltError, locale, operationLogFilter } from '@basalt/contract';
import { tokenHash } from '../identity/token.ts';
import { exportLineOpen } from '../log/export-line.ts';
import { exportCells, exportColumns, fileName, sheetName } from '../log/export-sheet.ts';
import { workbookStream, type Cell } from '../log/workbook.ts';
import type { Parts } from '../parts.ts';
import { logExportRows, logExportTake } from '../store/log-export-store.ts';
import { accessCheck } from './authorise.ts';
import type { GatewayContext } from './context.ts';

export const EXPORT_PATH = '/api/v1/operation-log/export';

export const exportOrder = z.object({
  search: z.string().optional(),
  filter: operationLogFilter,
  timeZone: z.string(),
  locale,
});

const lineEnter = exportLineOpen({ atOnce: 2, waiting: 8, waitMs: 60_000 });
/** Without anything taken by the reader. */
const STALL_MS = 60_000;
/** In all; a reader who takes a little now and then must not keep a place, and a snapshot of the database, for ever. */
const LONGEST_MS = 900_000;

const stamp = (now: Date): string => now.toISOString().slice(0, 16).replaceAll(/[-:]/gu, '').replace('T', '-');

/**
 * Writes the workbook.
 * @throws BasaltError before anything was written; later the connection is cut, so that half a file is not taken for one.
 */
export async function logExport(
  parts: Parts,
  response: ServerResponse,
  token: string,
  ctx: GatewayContext,
): Promise<void> {
  accessCheck({ name: 'operationLog.export', procedure: { access: 'operationLog:export', kind: 'query' }, ctx });
  const { session } = ctx;
  if (!session) throw new BasaltError('notSignedIn');
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const place = lineEnter(session.accountId);
  try {
    const order = await logExportTake(parts.db, tokenHash(token), session.accountId, new Date());
    if (!order || (order.sessionId !== null && order.sessionId !== session.sessionId))
      throw new BasaltError('linkInvalid');
    await place.turn(gone.signal);
    const { search, filter, timeZone, locale: language } = exportOrder.parse(order.order);
    const reader = { accountId: session.accountId, regions: session.regions, locale: language };
    const batches = async function* (): AsyncGenerator<readonly (readonly Cell[])[]> {
      for await (const rows of logExportRows(parts.db, reader, { search, filter }))
        yield rows.map((row) => exportCells(row, language));
    };
    const bytes = workbookStream({
      sheetName: sheetName[language],
      columns: exportColumns(language),
      timeZone,
      rows: batches(),
    });
    const name = `${stamp(new Date())}.xlsx`;
    response.writeHead(200, {
      'content-type': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      'content-disposition': `attachment; filename="operation-log-${name}"; filename*=UTF-8''${encodeURIComponent(`${fileName[language]}-${name}`)}`,
      'x-request-id': ctx.requestId,
    });
    response.setTimeout(STALL_MS, () => response.destroy());
    await pipeline(Readable.from(bytes, { objectMode: false }), response, { signal: AbortSignal.timeout(LONGEST_MS) });
  } catch (error) {
    if (response.headersSent) {
      parts.log.warn({ error, requestId: ctx.requestId }, 'an export ended early');
      response.destroy();
      return;
    }
    throw error;
  } finally {
    place.leave();
  }
}
