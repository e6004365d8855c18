/** Writes a signed head when enough has been added since the last, or enough time has passed. */
import type { Logger } from '@basalt/service';
import type { Database } from '../store/database.ts';
import { operationLogHead } from '../store/operation-log-store.ts';
import type { Heads } from './heads.ts';

export interface HeadsTurnOptions {
  readonly db: Database;
  readonly heads: Heads;
  readonly log: Logger;
  readonly afterMs: number;
  readonly afterEntries: number;
}

/** One look. A chain that is shorter than its last signed head is told and no head is signed for it. */
export function headsTurn({ db, heads, log, afterMs, afterEntries }: HeadsTurnOptions): () => Promise<void> {
  let toldShort = false;
  return async () => {
    const head = await operationLogHead(db);
    const last = heads.last();
    if ((head?.sequence ?? 0) < (last?.sequence ?? 0)) {
      if (!toldShort)
        log.error(
          { head: head?.sequence ?? 0, signed: last?.sequence },
          'the operation log is shorter than its last signed head',
        );
      toldShort = true;
      return;
    }
    toldShort = false;
    if (!head || head.sequence === last?.sequence) return;
    const now = new Date();
    const isDue =
      !last || head.sequence - last.sequence >= afterEntries || now.getTime() - Date.parse(last.at) >= afterMs;
    if (isDue) heads.add(head, now);
  };
}
