/** Everybody's own account (IAM-13…IAM-15, IAM-21). */
import { z } from 'zod';
import { apiKeyId, sessionId } from '../ids.ts';
import { permission } from '../permissions.ts';
import { mutation, query } from '../procedure.ts';
import { email } from '../schemas/account.ts';
import { changeInput, name, pageInput, pageOf, timestamp } from '../schemas/common.ts';
import { accountSession, apiKey, roleBinding, sourceLimits } from '../schemas/identity.ts';
import { operationEntry, operationLogFilter } from '../schemas/operation-log.ts';

const code = z.string().trim().min(6).max(32);
const password = z.string().min(1).max(256);

export const myAccount = {
  get: query({
    access: 'myAccount:read',
    door: 'gateway',
    rest: { method: 'GET', path: '/my-account' },
    summary: { 'zh-CN': '我的账号', 'en-US': 'The own account' },
    input: z.object({}),
    output: z.object({
      email,
      /** Waits for confirmation from the new address. */
      pendingEmail: email.nullable(),
      name: z.string(),
      level: z.enum(['system', 'region']),
      bindings: z.array(roleBinding),
      groups: z.array(z.object({ id: z.uuid(), name: z.string(), bindings: z.array(roleBinding) })),
      totp: z.object({ enabled: z.boolean(), since: timestamp.nullable(), recoveryCodesLeft: z.int() }),
      passwordChangedAt: timestamp,
      passwordExpiresAt: timestamp.nullable(),
      limits: sourceLimits,
      lastSignIn: z.object({ at: timestamp, address: z.string() }).nullable(),
      lastFailure: z.object({ at: timestamp, address: z.string(), count: z.int() }).nullable(),
      createdAt: timestamp,
    }),
  }),
  update: mutation({
    access: 'myAccount:update',
    door: 'gateway',
    rest: { method: 'PATCH', path: '/my-account' },
    summary: { 'zh-CN': '修改我的账号', 'en-US': 'Change the own name' },
    operation: 'myAccount.update',
    input: changeInput.extend({ name }),
    output: z.object({}),
  }),
  /** Sends a link to the new address; the change holds when it is opened. */
  changeEmail: mutation({
    access: 'myAccount:update',
    door: 'gateway',
    rest: { method: 'POST', path: '/my-account/email' },
    summary: { 'zh-CN': '修改登录邮箱', 'en-US': 'Change the own e-mail address' },
    operation: 'myAccount.changeEmail',
    input: changeInput.extend({ email, password }),
    output: z.object({ sentTo: email, expiresAt: timestamp }),
  }),
  /** Begins enrolment: the secret is answered once and counts only after `enableTotp`. */
  prepareTotp: mutation({
    access: 'myAccount:update',
    door: 'gateway',
    rest: { method: 'POST', path: '/my-account/totp/prepare' },
    summary: { 'zh-CN': '准备双因子验证', 'en-US': 'Begin two-factor enrolment' },
    operation: 'myAccount.prepareTotp',
    input: changeInput.extend({ password }),
    output: z.object({ secret: z.string(), uri: z.string(), expiresAt: timestamp }),
  }),
  enableTotp: mutation({
    access: 'myAccount:update',
    door: 'gateway',
    rest: { method: 'POST', path: '/my-account/totp' },
    summary: { 'zh-CN': '开启双因子验证', 'en-US': 'Turn on two-factor sign-in' },
    operation: 'myAccount.enableTotp',
    input: changeInput.extend({ code }),
    /** Shown once. */
    output: z.object({ recoveryCodes: z.array(z.string()) }),
  }),
  disableTotp: mutation({
    access: 'myAccount:update',
    door: 'gateway',
    rest: { method: 'POST', path: '/my-account/totp/actions/disable' },
    summary: { 'zh-CN': '关闭双因子验证', 'en-US': 'Turn off two-factor sign-in' },
    operation: 'myAccount.disableTotp',
    input: changeInput.extend({ password, code }),
    output: z.object({}),
  }),
  sessions: query({
    access: 'myAccount:read',
    door: 'gateway',
    rest: { method: 'GET', path: '/my-account/sessions' },
    summary: { 'zh-CN': '我的会话', 'en-US': 'Own open sessions' },
    input: z.object({}),
    output: z.object({ items: z.array(accountSession) }),
  }),
  endSession: mutation({
    access: 'myAccount:update',
    door: 'gateway',
    rest: { method: 'DELETE', path: '/my-account/sessions/{id}' },
    summary: { 'zh-CN': '结束会话', 'en-US': 'End an own session' },
    operation: 'myAccount.endSession',
    input: changeInput.extend({ id: sessionId }),
    output: z.object({}),
  }),
  log: query({
    access: 'myAccount:read',
    door: 'gateway',
    rest: { method: 'GET', path: '/my-account/operation-log' },
    summary: { 'zh-CN': '我的操作日志', 'en-US': 'Own entries of the operation log' },
    input: pageInput.extend({ filter: operationLogFilter.omit({ accountId: true }).default({}) }),
    output: pageOf(operationEntry),
  }),
  apiKeys: query({
    access: 'myAccount:read',
    door: 'gateway',
    rest: { method: 'GET', path: '/my-account/api-keys' },
    summary: { 'zh-CN': '我的 API 密钥', 'en-US': 'Own API keys' },
    input: z.object({}),
    output: z.object({ items: z.array(apiKey), max: z.int() }),
  }),
  /** The private key is answered once. */
  createApiKey: mutation({
    access: 'myAccount:manageApiKeys',
    door: 'gateway',
    rest: { method: 'POST', path: '/my-account/api-keys' },
    summary: { 'zh-CN': '创建 API 密钥', 'en-US': 'Create an API key' },
    operation: 'myAccount.createApiKey',
    input: changeInput.extend({ name, permissions: z.array(permission).min(1).max(1000).nullable().default(null) }),
    output: z.object({ key: apiKey, privateKey: z.string() }),
  }),
  updateApiKey: mutation({
    access: 'myAccount:manageApiKeys',
    door: 'gateway',
    rest: { method: 'PATCH', path: '/my-account/api-keys/{id}' },
    summary: { 'zh-CN': '修改 API 密钥', 'en-US': 'Rename, enable, disable or narrow an API key' },
    operation: 'myAccount.updateApiKey',
    input: changeInput.extend({
      id: apiKeyId,
      name: name.optional(),
      enabled: z.boolean().optional(),
      permissions: z.array(permission).min(1).max(1000).nullable().optional(),
    }),
    output: apiKey,
  }),
  deleteApiKey: mutation({
    access: 'myAccount:manageApiKeys',
    door: 'gateway',
    rest: { method: 'DELETE', path: '/my-account/api-keys/{id}' },
    summary: { 'zh-CN': '删除 API 密钥', 'en-US': 'Delete an API key' },
    operation: 'myAccount.deleteApiKey',
    input: changeInput.extend({ id: apiKeyId }),
    output: z.object({}),
  }),
} as const;
