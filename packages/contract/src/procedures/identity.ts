/** Accounts, groups, roles, keys: what decides who may do what. All of it belongs to the gateway. */
import { z } from 'zod';
import { accountGroupId, accountId, apiKeyId, regionKey, roleId, sessionId } from '../ids.ts';
import { mutation, query } from '../procedure.ts';
import { email } from '../schemas/account.ts';
import { changeInput, facet, name, note, pageInput, pageOf, sortOrder } from '../schemas/common.ts';
import {
  account,
  accountGroup,
  accountLevel,
  accountSession,
  apiKey,
  effectivePermissions,
  role,
  roleBindingInput,
  roleInput,
  roleRef,
  sourceLimits,
} from '../schemas/identity.ts';

const one = z.object({ id: accountId });
const change = changeInput.extend(one.shape);
const nothing = z.object({});

export const accounts = {
  list: query({
    access: 'account:read',
    door: 'gateway',
    rest: { method: 'GET', path: '/accounts' },
    summary: { 'zh-CN': '账号列表', 'en-US': 'List accounts' },
    input: pageInput.extend({
      sort: z
        .object({ field: z.enum(['name', 'email', 'createdAt', 'lastSignInAt']), order: sortOrder })
        .default({ field: 'email', order: 'asc' }),
      filter: z
        .object({
          state: z.array(z.enum(['active', 'frozen', 'locked'])).optional(),
          level: z.array(accountLevel).optional(),
          role: roleRef.optional(),
          groupId: accountGroupId.optional(),
          region: regionKey.optional(),
        })
        .default({}),
    }),
    output: pageOf(account).extend({ facets: z.object({ state: facet, level: facet }) }),
  }),
  get: query({
    access: 'account:read',
    door: 'gateway',
    rest: { method: 'GET', path: '/accounts/{id}' },
    summary: { 'zh-CN': '账号详情', 'en-US': 'One account' },
    input: one,
    output: account,
  }),
  /** What the account may do; the console's preview "see as this account". */
  effective: query({
    access: 'account:read',
    door: 'gateway',
    rest: { method: 'GET', path: '/accounts/{id}/permissions' },
    summary: { 'zh-CN': '账号的有效权限', 'en-US': 'What an account may do' },
    input: one,
    output: effectivePermissions,
  }),
  sessions: query({
    access: 'session:read',
    door: 'gateway',
    rest: { method: 'GET', path: '/accounts/{id}/sessions' },
    summary: { 'zh-CN': '账号的会话', 'en-US': 'Open sessions of an account' },
    input: one,
    output: z.object({ items: z.array(accountSession) }),
  }),
  /** Answers the first password once, unless one was given; it must be changed at the first sign-in if so asked. */
  create: mutation({
    access: 'account:create',
    door: 'gateway',
    rest: { method: 'POST', path: '/accounts' },
    summary: { 'zh-CN': '创建账号', 'en-US': 'Create an account' },
    operation: 'account.create',
    input: changeInput.extend({
      email,
      name,
      note: note.default(''),
      level: accountLevel,
      regions: z.array(regionKey).max(100).default([]),
      bindings: z.array(roleBindingInput).min(1).max(50),
      groups: z.array(accountGroupId).max(50).default([]),
      password: z.string().min(1).max(256).optional(),
      mustChangePassword: z.boolean().default(true),
      limits: sourceLimits.optional(),
    }),
    output: z.object({ account, password: z.string().nullable() }),
  }),
  update: mutation({
    access: 'account:update',
    door: 'gateway',
    rest: { method: 'PATCH', path: '/accounts/{id}' },
    summary: { 'zh-CN': '修改账号', 'en-US': 'Change name, e-mail address and note' },
    operation: 'account.update',
    input: change.extend({ email: email.optional(), name: name.optional(), note: note.optional() }),
    output: account,
  }),
  setSourceLimits: mutation({
    access: 'account:update',
    door: 'gateway',
    rest: { method: 'PUT', path: '/accounts/{id}/limits' },
    summary: { 'zh-CN': '设置登录访问限制', 'en-US': 'Set where from and when an account may be used' },
    operation: 'account.setSourceLimits',
    input: change.extend({ limits: sourceLimits }),
    output: account,
  }),
  freeze: mutation({
    access: 'account:freeze',
    door: 'gateway',
    rest: { method: 'POST', path: '/accounts/{id}/actions/freeze' },
    summary: { 'zh-CN': '冻结账号', 'en-US': 'Freeze an account; its sessions end at once' },
    operation: 'account.freeze',
    input: change,
    output: account,
  }),
  /** Also lifts a lock that wrong passwords have set. */
  unfreeze: mutation({
    access: 'account:unfreeze',
    door: 'gateway',
    rest: { method: 'POST', path: '/accounts/{id}/actions/unfreeze' },
    summary: { 'zh-CN': '解冻账号', 'en-US': 'Unfreeze an account' },
    operation: 'account.unfreeze',
    input: change,
    output: account,
  }),
  delete: mutation({
    access: 'account:delete',
    door: 'gateway',
    rest: { method: 'DELETE', path: '/accounts/{id}' },
    summary: { 'zh-CN': '删除账号', 'en-US': 'Delete an account' },
    operation: 'account.delete',
    input: change,
    output: nothing,
  }),
  grantRegions: mutation({
    access: 'account:grantRegions',
    door: 'gateway',
    rest: { method: 'PUT', path: '/accounts/{id}/regions' },
    summary: { 'zh-CN': '地域授权', 'en-US': 'Set the regions of a region-level account' },
    operation: 'account.grantRegions',
    input: change.extend({ regions: z.array(regionKey).max(100) }),
    output: account,
  }),
  bindRoles: mutation({
    access: 'account:bindRoles',
    door: 'gateway',
    rest: { method: 'PUT', path: '/accounts/{id}/roles' },
    summary: { 'zh-CN': '授予角色', 'en-US': 'Set the roles of an account' },
    operation: 'account.bindRoles',
    input: change.extend({ level: accountLevel.optional(), bindings: z.array(roleBindingInput).max(50) }),
    output: account,
  }),
  /** Answers the new password once; it must be changed at the next sign-in. All sessions end. */
  resetPassword: mutation({
    access: 'account:resetPassword',
    door: 'gateway',
    rest: { method: 'POST', path: '/accounts/{id}/actions/reset-password' },
    summary: { 'zh-CN': '重置账号密码', 'en-US': 'Give an account a new password' },
    operation: 'account.resetPassword',
    input: change.extend({ password: z.string().min(1).max(256).optional() }),
    output: z.object({ password: z.string().nullable() }),
  }),
  resetTotp: mutation({
    access: 'account:resetTotp',
    door: 'gateway',
    rest: { method: 'POST', path: '/accounts/{id}/actions/reset-totp' },
    summary: { 'zh-CN': '重置双因子验证', 'en-US': 'Turn off two-factor sign-in of an account' },
    operation: 'account.resetTotp',
    input: change,
    output: account,
  }),
  endSession: mutation({
    access: 'session:end',
    door: 'gateway',
    rest: { method: 'DELETE', path: '/accounts/{id}/sessions/{sessionId}' },
    summary: { 'zh-CN': '强制下线', 'en-US': 'End a session of another account' },
    operation: 'session.end',
    input: change.extend({ sessionId }),
    output: nothing,
  }),
} as const;

const group = z.object({ id: accountGroupId });
const groupFields = {
  name,
  note,
  bindings: z.array(roleBindingInput).max(50),
  members: z.array(accountId).max(1000),
};

export const accountGroups = {
  list: query({
    access: 'accountGroup:read',
    door: 'gateway',
    rest: { method: 'GET', path: '/account-groups' },
    summary: { 'zh-CN': '账号组列表', 'en-US': 'List account groups' },
    input: pageInput.extend({
      sort: z
        .object({ field: z.enum(['name', 'members', 'createdAt']), order: sortOrder })
        .default({ field: 'name', order: 'asc' }),
    }),
    output: pageOf(accountGroup),
  }),
  get: query({
    access: 'accountGroup:read',
    door: 'gateway',
    rest: { method: 'GET', path: '/account-groups/{id}' },
    summary: { 'zh-CN': '账号组详情', 'en-US': 'One account group' },
    input: group,
    output: accountGroup,
  }),
  create: mutation({
    access: 'accountGroup:create',
    door: 'gateway',
    rest: { method: 'POST', path: '/account-groups' },
    summary: { 'zh-CN': '创建账号组', 'en-US': 'Create an account group' },
    operation: 'accountGroup.create',
    input: changeInput.extend({
      ...groupFields,
      note: note.default(''),
      members: groupFields.members.default([]),
    }),
    output: accountGroup,
  }),
  update: mutation({
    access: 'accountGroup:update',
    door: 'gateway',
    rest: { method: 'PATCH', path: '/account-groups/{id}' },
    summary: { 'zh-CN': '修改账号组', 'en-US': 'Change name, note, roles and members of an account group' },
    operation: 'accountGroup.update',
    input: changeInput.extend({
      ...group.shape,
      name: name.optional(),
      note: note.optional(),
      bindings: groupFields.bindings.optional(),
      members: groupFields.members.optional(),
    }),
    output: accountGroup,
  }),
  delete: mutation({
    access: 'accountGroup:delete',
    door: 'gateway',
    rest: { method: 'DELETE', path: '/account-groups/{id}' },
    summary: { 'zh-CN': '删除账号组', 'en-US': 'Delete an account group; its members lose its roles' },
    operation: 'accountGroup.delete',
    input: changeInput.extend(group.shape),
    output: nothing,
  }),
} as const;

export const roles = {
  list: query({
    access: 'role:read',
    door: 'gateway',
    rest: { method: 'GET', path: '/roles' },
    summary: { 'zh-CN': '角色列表', 'en-US': 'List roles, built-in ones first unless sorted' },
    input: pageInput.extend({
      /** Absent: the built-in ones in their order, then the custom ones by name. */
      sort: z
        .object({
          field: z.enum(['name', 'level', 'permissions', 'accounts', 'groups', 'createdAt']),
          order: sortOrder,
        })
        .optional(),
      filter: z.object({ builtIn: z.boolean().optional(), level: accountLevel.optional() }).default({}),
    }),
    output: pageOf(role),
  }),
  get: query({
    access: 'role:read',
    door: 'gateway',
    rest: { method: 'GET', path: '/roles/{id}' },
    summary: { 'zh-CN': '角色详情', 'en-US': 'One role' },
    input: z.object({ id: roleRef }),
    output: role,
  }),
  holders: query({
    access: 'role:read',
    door: 'gateway',
    rest: { method: 'GET', path: '/roles/{id}/holders' },
    summary: { 'zh-CN': '角色绑定的账号', 'en-US': 'Accounts and groups that a role is given to' },
    input: pageInput.extend({ id: roleRef }),
    output: pageOf(
      z.object({ kind: z.enum(['account', 'group']), id: z.uuid(), name: z.string(), detail: z.string() }),
    ),
  }),
  create: mutation({
    access: 'role:create',
    door: 'gateway',
    rest: { method: 'POST', path: '/roles' },
    summary: { 'zh-CN': '创建角色', 'en-US': 'Create a role' },
    operation: 'role.create',
    input: changeInput.extend(roleInput.shape),
    output: role,
  }),
  clone: mutation({
    access: 'role:create',
    door: 'gateway',
    rest: { method: 'POST', path: '/roles/{id}/actions/clone' },
    summary: { 'zh-CN': '克隆角色', 'en-US': 'Copy a role under another name' },
    operation: 'role.clone',
    input: changeInput.extend({ id: roleRef, name }),
    output: role,
  }),
  /** Holds for all who have the role from their next request. */
  update: mutation({
    access: 'role:update',
    door: 'gateway',
    rest: { method: 'PATCH', path: '/roles/{id}' },
    summary: { 'zh-CN': '修改角色', 'en-US': 'Change a role' },
    operation: 'role.update',
    input: changeInput.extend({
      id: roleId,
      name: name.optional(),
      note: note.optional(),
      dataScope: roleInput.shape.dataScope.removeDefault().optional(),
      permissions: roleInput.shape.permissions.optional(),
    }),
    output: role,
  }),
  delete: mutation({
    access: 'role:delete',
    door: 'gateway',
    rest: { method: 'DELETE', path: '/roles/{id}' },
    summary: { 'zh-CN': '删除角色', 'en-US': 'Delete a role that nobody has' },
    operation: 'role.delete',
    input: changeInput.extend({ id: roleId }),
    output: nothing,
  }),
} as const;

export const apiKeys = {
  list: query({
    access: 'apiKey:read',
    door: 'gateway',
    rest: { method: 'GET', path: '/api-keys' },
    summary: { 'zh-CN': 'API 密钥列表', 'en-US': 'List API keys of all accounts' },
    input: pageInput.extend({
      filter: z.object({ accountId: accountId.optional(), enabled: z.boolean().optional() }).default({}),
    }),
    output: pageOf(apiKey),
  }),
  disable: mutation({
    access: 'apiKey:disable',
    door: 'gateway',
    rest: { method: 'POST', path: '/api-keys/{id}/actions/disable' },
    summary: { 'zh-CN': '禁用他人 API 密钥', 'en-US': 'Disable an API key of another account' },
    operation: 'apiKey.disable',
    input: changeInput.extend({ id: apiKeyId }),
    output: apiKey,
  }),
} as const;
