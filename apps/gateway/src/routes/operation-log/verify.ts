import { long } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { verdictTold } from '../../log/verdict-text.ts';
import { operationLogVerify } from '../../log/verify.ts';
import type { Parts } from '../../parts.ts';

/** AUD-04. One walk at a time: another caller meanwhile gets the same verdict. */
export const operationLogVerifyDeed = ({ db, heads }: Parts): OwnDeed<'operationLog', 'verify'> => {
  let underWay: ReturnType<typeof operationLogVerify> | null = null;
  return long(async ({ ctx, report }) => {
    underWay ??= operationLogVerify(db, heads).finally(() => (underWay = null));
    const verdict = await underWay;
    report.detail({ ok: verdict.ok, entries: verdict.entries, firstBad: verdict.firstBad });
    return verdictTold(verdict, ctx.locale);
  });
};
