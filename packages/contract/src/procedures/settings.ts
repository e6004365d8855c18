/** Settings of the platform: sign-in policy and mail (SET-01, SET-05), and the operation log (AUD-01…AUD-04). */
import { z } from 'zod';
import { logRuleId, notificationGroupId } from '../ids.ts';
import { mutation, query } from '../procedure.ts';
import { email } from '../schemas/account.ts';
import { changeInput, pageInput, pageOf, sortOrder } from '../schemas/common.ts';
import {
  logRule,
  logRuleInput,
  logVerdict,
  notificationGroup,
  notificationGroupInput,
  operationEntry,
  operationLogFilter,
  syslogServer,
  syslogSettings,
} from '../schemas/operation-log.ts';
import { loginPolicy, loginPolicyValues, mailServer, mailSettings, mailVerdict } from '../schemas/security.ts';

const versioned = changeInput.extend({
  /** The one that was read; a change that was made meanwhile is not overwritten. */
  version: z.int().nonnegative(),
});

export const loginPolicies = {
  get: query({
    access: 'loginPolicy:read',
    door: 'gateway',
    rest: { method: 'GET', path: '/login-policy' },
    summary: { 'zh-CN': '登录策略', 'en-US': 'The sign-in policy' },
    input: z.object({}),
    output: loginPolicy,
  }),
  update: mutation({
    access: 'loginPolicy:update',
    door: 'gateway',
    rest: { method: 'PUT', path: '/login-policy' },
    summary: { 'zh-CN': '修改登录策略', 'en-US': 'Change the sign-in policy; it holds from the next request' },
    operation: 'loginPolicy.update',
    input: versioned.extend(loginPolicyValues.shape),
    output: loginPolicy,
  }),
  setDutySeparation: mutation({
    access: 'loginPolicy:setDutySeparation',
    door: 'gateway',
    rest: { method: 'PUT', path: '/login-policy/duty-separation' },
    summary: { 'zh-CN': '设置三员管理', 'en-US': 'Turn separation of duties on or off' },
    operation: 'loginPolicy.setDutySeparation',
    input: changeInput.extend({ enabled: z.boolean() }),
    output: loginPolicy,
  }),
} as const;

export const mail = {
  get: query({
    access: 'mail:read',
    door: 'gateway',
    rest: { method: 'GET', path: '/mail' },
    summary: { 'zh-CN': '邮箱设置', 'en-US': 'Mail settings' },
    input: z.object({}),
    output: mailSettings,
  }),
  update: mutation({
    access: 'mail:update',
    door: 'gateway',
    rest: { method: 'PUT', path: '/mail' },
    summary: { 'zh-CN': '修改邮箱设置', 'en-US': 'Change mail settings' },
    operation: 'mail.update',
    input: versioned.extend({
      ...mailServer.shape,
      /** Absent: as it is. Null: none. */
      password: z.string().max(256).nullable().optional(),
    }),
    output: mailSettings,
  }),
  /** Sends a mail now, with the settings given or those stored, and tells how far it came. */
  test: mutation({
    access: 'mail:test',
    door: 'gateway',
    rest: { method: 'POST', path: '/mail/actions/test' },
    summary: { 'zh-CN': '测试邮箱', 'en-US': 'Send a test mail' },
    operation: 'mail.test',
    input: changeInput.extend({
      to: email,
      settings: z.object({ ...mailServer.shape, password: z.string().max(256).nullable().optional() }).optional(),
    }),
    output: mailVerdict,
    deadline: 45_000,
  }),
} as const;

export const operationLogs = {
  list: query({
    access: 'operationLog:read',
    door: 'gateway',
    rest: { method: 'GET', path: '/operation-log' },
    summary: { 'zh-CN': '操作日志', 'en-US': 'The operation log, newest first' },
    input: pageInput.extend({
      sort: z.object({ field: z.enum(['at']), order: sortOrder }).default({ field: 'at', order: 'desc' }),
      filter: operationLogFilter.default({}),
    }),
    output: pageOf(operationEntry),
  }),
  /** The chain's state; walking 100 000 entries takes one to two seconds on an idle core, and other calls go on meanwhile. */
  verify: mutation({
    access: 'operationLog:verify',
    door: 'gateway',
    rest: { method: 'POST', path: '/operation-log/actions/verify' },
    summary: { 'zh-CN': '校验操作日志', 'en-US': 'Check the chain of the operation log' },
    operation: 'operationLog.verify',
    input: changeInput,
    output: logVerdict,
    deadline: 120_000,
  }),
  /** Answers a path below the door, good once and for a minute, where the workbook streams from. */
  export: mutation({
    access: 'operationLog:export',
    door: 'gateway',
    rest: { method: 'POST', path: '/operation-log/actions/export' },
    summary: { 'zh-CN': '导出操作日志', 'en-US': 'Export the operation log as a workbook' },
    operation: 'operationLog.export',
    input: changeInput.extend({
      search: pageInput.shape.search,
      filter: operationLogFilter.default({}),
      /** IANA name; times in the workbook are of this zone. */
      timeZone: z.string().max(64).default('UTC'),
    }),
    output: z.object({ path: z.string(), rows: z.int() }),
  }),
  rules: query({
    access: 'operationLog:read',
    door: 'gateway',
    rest: { method: 'GET', path: '/operation-log/rules' },
    summary: { 'zh-CN': '操作日志通知规则', 'en-US': 'Rules by which the operation log is told' },
    input: z.object({}),
    output: z.object({ items: z.array(logRule) }),
  }),
  createRule: mutation({
    access: 'operationLog:manageRules',
    door: 'gateway',
    rest: { method: 'POST', path: '/operation-log/rules' },
    summary: { 'zh-CN': '创建操作日志通知规则', 'en-US': 'Create an operation log rule' },
    operation: 'operationLog.createRule',
    input: changeInput.extend(logRuleInput.shape),
    output: logRule,
  }),
  updateRule: mutation({
    access: 'operationLog:manageRules',
    door: 'gateway',
    rest: { method: 'PUT', path: '/operation-log/rules/{id}' },
    summary: { 'zh-CN': '修改操作日志通知规则', 'en-US': 'Change an operation log rule' },
    operation: 'operationLog.updateRule',
    input: changeInput.extend({ id: logRuleId, ...logRuleInput.shape }),
    output: logRule,
  }),
  deleteRule: mutation({
    access: 'operationLog:manageRules',
    door: 'gateway',
    rest: { method: 'DELETE', path: '/operation-log/rules/{id}' },
    summary: { 'zh-CN': '删除操作日志通知规则', 'en-US': 'Delete an operation log rule' },
    operation: 'operationLog.deleteRule',
    input: changeInput.extend({ id: logRuleId }),
    output: z.object({}),
  }),
  syslog: query({
    access: 'operationLog:read',
    door: 'gateway',
    rest: { method: 'GET', path: '/operation-log/syslog' },
    summary: { 'zh-CN': '系统日志转发', 'en-US': 'Forwarding by syslog' },
    input: z.object({}),
    output: syslogSettings,
  }),
  updateSyslog: mutation({
    access: 'operationLog:manageRules',
    door: 'gateway',
    rest: { method: 'PUT', path: '/operation-log/syslog' },
    summary: { 'zh-CN': '修改系统日志转发', 'en-US': 'Change forwarding by syslog' },
    operation: 'operationLog.updateSyslog',
    input: versioned.extend(syslogServer.shape),
    output: syslogSettings,
  }),
} as const;

export const notificationGroups = {
  list: query({
    access: 'notificationGroup:read',
    door: 'gateway',
    rest: { method: 'GET', path: '/notification-groups' },
    summary: { 'zh-CN': '通知组列表', 'en-US': 'List notification groups' },
    input: pageInput,
    output: pageOf(notificationGroup),
  }),
  create: mutation({
    access: 'notificationGroup:create',
    door: 'gateway',
    rest: { method: 'POST', path: '/notification-groups' },
    summary: { 'zh-CN': '创建通知组', 'en-US': 'Create a notification group' },
    operation: 'notificationGroup.create',
    input: changeInput.extend(notificationGroupInput.shape),
    output: notificationGroup,
  }),
  update: mutation({
    access: 'notificationGroup:update',
    door: 'gateway',
    rest: { method: 'PUT', path: '/notification-groups/{id}' },
    summary: { 'zh-CN': '修改通知组', 'en-US': 'Change a notification group' },
    operation: 'notificationGroup.update',
    input: changeInput.extend({ id: notificationGroupId, ...notificationGroupInput.shape }),
    output: notificationGroup,
  }),
  delete: mutation({
    access: 'notificationGroup:delete',
    door: 'gateway',
    rest: { method: 'DELETE', path: '/notification-groups/{id}' },
    summary: { 'zh-CN': '删除通知组', 'en-US': 'Delete a notification group that no rule uses' },
    operation: 'notificationGroup.delete',
    input: changeInput.extend({ id: notificationGroupId }),
    output: z.object({}),
  }),
} as const;
