/**
 * Tells groups of people what happened (AUD-03): one mail per rule, address and turn, whatever the number of entries. The
 * mails are queued in the transaction that moves the place, so that each entry is told once.
 */
import type { Locale } from '@basalt/contract';
import type { Logger, Sealer } from '@basalt/service';
import { mailQueue } from '../mail/outbox.ts';
import { mailReady } from '../mail/settings.ts';
import type { Database } from '../store/database.ts';
import { entriesAfter, logForwardBegin, logForwardMove, logForwardOf } from '../store/log-forward-store.ts';
import { logRulesOf, type RuleRow } from '../store/log-rule-store.ts';
import { operationLogHead, type LogRow } from '../store/operation-log-store.ts';
import { digestText } from './digest.ts';

const ENTRIES_AT_ONCE = 5_000;
const EXPIRES_MS = 24 * 3_600_000;

/** Whether a rule tells of an entry. What was accepted is told when it has ended. */
export const ruleMatches = (
  { enabled, regions, modules, result, createdAt }: Omit<RuleRow, 'id' | 'name' | 'notificationGroupId'>,
  row: Pick<LogRow, 'region' | 'module' | 'result' | 'recordedAt'>,
): boolean =>
  enabled &&
  row.result !== 'accepted' &&
  row.recordedAt >= createdAt &&
  (regions.length === 0 || (row.region !== null && regions.includes(row.region))) &&
  (modules.length === 0 || modules.includes(row.module)) &&
  (result === 'all' || result === row.result);

export interface RulesOptions {
  readonly db: Database;
  readonly seal: Sealer;
  readonly log: Logger;
  readonly locale: Locale;
  readonly entriesPerMail: number;
}

export function rulesTurn({ db, seal, log, locale, entriesPerMail }: RulesOptions): () => Promise<boolean> {
  return async () => {
    const forward = await logForwardOf(db, 'rules');
    if (!forward) {
      // what happened before anybody could be told is history
      await logForwardBegin(db, 'rules', (await operationLogHead(db))?.sequence ?? 0);
      return false;
    }
    const rows = await entriesAfter(db, forward.sequence, ENTRIES_AT_ONCE);
    const last = rows.at(-1);
    if (!last) return false;
    const [rules, isMailOn] = await Promise.all([logRulesOf(db), mailReady(db)]);
    const told = rules
      .map(({ rule, group }) => ({ rule, group, entries: rows.filter((row) => ruleMatches(rule, row)) }))
      .filter(({ entries }) => entries.length > 0);
    if (told.length > 0 && !isMailOn)
      log.warn({ rules: told.length }, 'rules of the operation log tell nobody: mail is off');
    await db.transaction(async (tx) => {
      if (!(await logForwardMove(tx, 'rules', forward.sequence, last.sequence)) || !isMailOn) return;
      const expiresAt = new Date(Date.now() + EXPIRES_MS);
      for (const { rule, group, entries } of told) {
        const digest = digestText(rule.name, entries, entriesPerMail, locale);
        for (const to of new Set(group.emails)) await mailQueue(tx, seal, { to, ...digest, expiresAt });
      }
    });
    return rows.length === ENTRIES_AT_ONCE;
  };
}
