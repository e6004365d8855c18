import { read } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import type { Parts } from '../../parts.ts';
import { operationLogPage } from '../../store/operation-log-list.ts';
import { logReaderOf } from '../operation-log/reader.ts';

/** IAM-21: one's own entries, whatever else one may read. */
export const myAccountLog = (parts: Parts): OwnDeed<'myAccount', 'log'> =>
  read(async ({ input, ctx }) => operationLogPage(parts.db, logReaderOf(ctx, true), input));
