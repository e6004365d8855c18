/** Forwards the chain by syslog, in order, from where it stopped; a server that is away loses nothing. */
import type { Logger } from '@basalt/service';
import type { WorkCounts } from '../background/metrics.ts';
import type { Database } from '../store/database.ts';
import { entriesAfter, logForwardFailed, logForwardMove, logForwardOf } from '../store/log-forward-store.ts';
import { syslogFrame, syslogMessage } from './syslog-message.ts';
import { syslogSend } from './syslog-send.ts';
import { syslogStored } from './syslog-settings.ts';

export interface SyslogOptions {
  readonly db: Database;
  readonly log: Logger;
  readonly deadlineMs: number;
  readonly batch: number;
  readonly counts: WorkCounts;
}

/** One turn: a batch. Answers `true` when there may be more. */
export function syslogTurn({
  db,
  log,
  deadlineMs,
  batch,
  counts,
}: SyslogOptions): (stop: AbortSignal) => Promise<boolean> {
  let isTroubled = false;
  return async (stop) => {
    const { server } = await syslogStored(db);
    const forward = await logForwardOf(db, 'syslog');
    if (!server.enabled || server.host === '' || !forward) return false;
    const rows = await entriesAfter(db, forward.sequence, batch);
    const last = rows.at(-1);
    if (!last) return false;
    try {
      const frames = rows.map((row) => syslogFrame(syslogMessage(row, server.facility)));
      await syslogSend(server, frames, deadlineMs, stop);
    } catch (error) {
      if (stop.aborted) return false;
      const told = error instanceof Error ? error.message : String(error);
      if (!isTroubled) log.warn({ error, host: server.host, port: server.port }, 'the syslog server takes nothing');
      isTroubled = true;
      counts.failed('syslog');
      await logForwardFailed(db, 'syslog', told.slice(0, 500));
      return false;
    }
    isTroubled = false;
    await logForwardMove(db, 'syslog', forward.sequence, last.sequence);
    return rows.length === batch;
  };
}
