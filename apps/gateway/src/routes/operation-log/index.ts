import type { OwnDeeds } from '../../http/own-call.ts';
import type { Parts } from '../../parts.ts';
import { pending } from '../pending.ts';

export const operationLogDeeds = (_parts: Parts): OwnDeeds['operationLog'] => ({
  list: pending,
  verify: pending,
  export: pending,
  rules: pending,
  createRule: pending,
  updateRule: pending,
  deleteRule: pending,
  syslog: pending,
  updateSyslog: pending,
});
