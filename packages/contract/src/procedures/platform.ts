import { z } from 'zod';
import { locale } from '../locale.ts';
import { mutation, query } from '../procedure.ts';
import { currentSession, email, theme } from '../schemas/account.ts';
import { region } from '../schemas/region.ts';

export const platform = {
  info: query({
    access: 'public',
    door: 'gateway',
    rest: { method: 'GET', path: '/platform' },
    summary: { 'zh-CN': '平台信息', 'en-US': 'About this platform' },
    input: z.object({}),
    output: z.object({ product: z.string(), version: z.string(), defaultLocale: locale, locales: z.array(locale) }),
  }),
} as const;

export const session = {
  signIn: mutation({
    access: 'public',
    door: 'gateway',
    rest: { method: 'POST', path: '/session' },
    summary: { 'zh-CN': '登录', 'en-US': 'Sign in' },
    operation: 'session.signIn',
    input: z.object({ email, password: z.string().min(1).max(256), locale: locale.optional() }),
    output: currentSession,
  }),
  current: query({
    access: 'session',
    door: 'gateway',
    rest: { method: 'GET', path: '/session' },
    summary: { 'zh-CN': '当前会话', 'en-US': 'The present session' },
    input: z.object({}),
    output: currentSession,
  }),
  signOut: mutation({
    access: 'session',
    door: 'gateway',
    rest: { method: 'DELETE', path: '/session' },
    summary: { 'zh-CN': '退出登录', 'en-US': 'Sign out' },
    operation: 'session.signOut',
    input: z.object({}),
    output: z.object({}),
  }),
  changePassword: mutation({
    access: 'session',
    door: 'gateway',
    rest: { method: 'POST', path: '/session/password' },
    summary: { 'zh-CN': '修改密码', 'en-US': 'Change own password' },
    operation: 'myAccount.changePassword',
    input: z.object({ current: z.string().min(1).max(256), password: z.string().min(1).max(256) }),
    output: currentSession,
  }),
  setPreferences: mutation({
    access: 'session',
    door: 'gateway',
    rest: { method: 'PATCH', path: '/session/preferences' },
    summary: { 'zh-CN': '修改个人偏好', 'en-US': 'Change own preferences' },
    operation: 'myAccount.update',
    input: z.object({ locale: locale.optional(), theme: theme.optional() }),
    output: currentSession,
  }),
} as const;

export const regions = {
  list: query({
    access: 'session',
    door: 'gateway',
    rest: { method: 'GET', path: '/regions' },
    summary: { 'zh-CN': '地域列表', 'en-US': 'List the regions the account may see' },
    input: z.object({}),
    output: z.object({ items: z.array(region) }),
  }),
} as const;
