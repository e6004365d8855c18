import type { OwnDeeds } from '../../http/own-call.ts';
import type { Parts } from '../../parts.ts';
import { pending } from '../pending.ts';
import { operationLogList } from './list.ts';

export const operationLogDeeds = (parts: Parts): OwnDeeds['operationLog'] => ({
  list: operationLogList(parts),
  verify: pending,
  export: pending,
  rules: pending,
  createRule: pending,
  updateRule: pending,
  deleteRule: pending,
  syslog: pending,
  updateSyslog: pending,
});
