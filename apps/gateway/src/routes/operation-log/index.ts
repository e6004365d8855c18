import type { OwnDeeds } from '../../http/own-call.ts';
import type { Parts } from '../../parts.ts';
import { operationLogCreateRule } from './create-rule.ts';
import { operationLogDeleteRule } from './delete-rule.ts';
import { operationLogExport } from './export.ts';
import { operationLogList } from './list.ts';
import { operationLogRules } from './rules.ts';
import { operationLogSyslog, operationLogUpdateSyslog } from './syslog.ts';
import { operationLogUpdateRule } from './update-rule.ts';
import { operationLogVerifyDeed } from './verify.ts';

export const operationLogDeeds = (parts: Parts): OwnDeeds['operationLog'] => ({
  list: operationLogList(parts),
  verify: operationLogVerifyDeed(parts),
  export: operationLogExport(parts),
  rules: operationLogRules(parts),
  createRule: operationLogCreateRule(parts),
  updateRule: operationLogUpdateRule(parts),
  deleteRule: operationLogDeleteRule(parts),
  syslog: operationLogSyslog(parts),
  updateSyslog: operationLogUpdateSyslog(parts),
});
