import { BasaltError, both } from '@basalt/contract';
import { change } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { EXPORT_PATH, exportOrder } from '../../http/export-door.ts';
import { tokenCreate, tokenHash } from '../../identity/token.ts';
import type { Parts } from '../../parts.ts';
import { logExportAdd } from '../../store/log-export-store.ts';
import { operationLogCount } from '../../store/operation-log-list.ts';
import { signedInOrThrow } from '../session/current-session.ts';
import { logReaderOf } from './reader.ts';

const TOKEN_MS = 60_000;
/** About what a spreadsheet can show. */
const ROWS_MAX = 1_000_000;

/** AUD-02. The log tells who took which part of it out. */
export const operationLogExport = ({ db }: Parts): OwnDeed<'operationLog', 'export'> =>
  change(async ({ input, ctx, work }) => {
    const { accountId, sessionId } = signedInOrThrow(ctx);
    const { search, filter, timeZone } = input;
    try {
      new Intl.DateTimeFormat('en-US', { timeZone });
    } catch (cause) {
      throw new BasaltError(
        'invalidInput',
        { field: 'timeZone', rule: both('未知的时区', 'not a time zone') },
        { field: 'timeZone', cause },
      );
    }
    const rows = await operationLogCount(db, logReaderOf(ctx), { search, filter });
    if (rows > ROWS_MAX)
      throw new BasaltError('limitReached', { what: both('导出条目', 'entries of an export'), max: ROWS_MAX });
    const token = tokenCreate();
    await logExportAdd(work.tx, {
      tokenHash: tokenHash(token),
      accountId,
      sessionId: ctx.session?.apiKeyId ? null : sessionId,
      order: exportOrder.parse({ search, filter, timeZone, locale: ctx.locale }),
      expiresAt: new Date(Date.now() + TOKEN_MS),
    });
    work.detail({ rows, filter, ...(search ? { search } : {}) });
    return { path: `${EXPORT_PATH}/${token}`, rows };
  });
