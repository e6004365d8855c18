import { read } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import type { Parts } from '../../parts.ts';
import { logRulesOf } from '../../store/log-rule-store.ts';
import { logReaderOf } from './reader.ts';
import { ruleShape } from './rule-shape.ts';

export const operationLogRules = ({ db }: Parts): OwnDeed<'operationLog', 'rules'> =>
  read(async ({ ctx }) => {
    const { regions } = logReaderOf(ctx);
    return { items: (await logRulesOf(db, regions && [...regions])).map(ruleShape) };
  });
