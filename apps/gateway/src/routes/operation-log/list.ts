import { read } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import type { Parts } from '../../parts.ts';
import { operationLogPage } from '../../store/operation-log-list.ts';
import { logReaderOf } from './reader.ts';

/** AUD-02. */
export const operationLogList = (parts: Parts): OwnDeed<'operationLog', 'list'> =>
  read(async ({ input, ctx }) => operationLogPage(parts.db, logReaderOf(ctx), input));
