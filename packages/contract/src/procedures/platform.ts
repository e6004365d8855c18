import { z } from 'zod';
import { locale } from '../locale.ts';
import { mutation, query } from '../procedure.ts';
import { currentSession, email, signInAnswer, theme } from '../schemas/account.ts';
import { timestamp } from '../schemas/common.ts';
import { region } from '../schemas/region.ts';

export const platform = {
  info: query({
    access: 'public',
    door: 'gateway',
    rest: { method: 'GET', path: '/platform' },
    summary: { 'zh-CN': '平台信息', 'en-US': 'About this platform' },
    input: z.object({}),
    output: z.object({
      product: z.string(),
      version: z.string(),
      defaultLocale: locale,
      locales: z.array(locale),
      /** Whether a forgotten password can be set anew by mail. */
      passwordReset: z.boolean(),
      /** What a password must have, to be said before one is typed. */
      passwordPolicy: z.object({ minLength: z.int(), maxLength: z.int(), minClasses: z.int(), symbols: z.string() }),
      time: timestamp,
    }),
  }),
} as const;

export const session = {
  signIn: mutation({
    access: 'public',
    door: 'gateway',
    rest: { method: 'POST', path: '/session' },
    summary: { 'zh-CN': '登录', 'en-US': 'Sign in' },
    operation: 'session.signIn',
    input: z.object({
      email,
      password: z.string().min(1).max(256),
      locale: locale.optional(),
      /** Answer to a `challengeRequired` (IAM-09): its token, and a number whose hash begins with enough zero bits. */
      challenge: z.object({ token: z.string().max(512), answer: z.string().max(64) }).optional(),
    }),
    output: signInAnswer,
  }),
  /** The second step of an account with two-factor sign-in: a code of the app, or a recovery code. */
  verifyTotp: mutation({
    access: 'public',
    door: 'gateway',
    rest: { method: 'POST', path: '/session/totp' },
    summary: { 'zh-CN': '双因子验证', 'en-US': 'Second step of signing in' },
    operation: 'session.verifyTotp',
    input: z.object({ ticket: z.string().min(20).max(128), code: z.string().trim().min(6).max(32) }),
    output: currentSession,
  }),
  /** Answers the same whether the account exists or not. */
  requestPasswordReset: mutation({
    access: 'public',
    door: 'gateway',
    rest: { method: 'POST', path: '/session/password-reset' },
    summary: { 'zh-CN': '申请找回密码', 'en-US': 'Ask for a link by which a forgotten password is set anew' },
    operation: 'session.requestPasswordReset',
    input: z.object({ email, locale: locale.optional() }),
    output: z.object({ minutes: z.int() }),
  }),
  resetPassword: mutation({
    access: 'public',
    door: 'gateway',
    rest: { method: 'POST', path: '/session/password-reset/complete' },
    summary: { 'zh-CN': '找回密码', 'en-US': 'Set a forgotten password anew with the token of the mail' },
    operation: 'session.resetPassword',
    input: z.object({ token: z.string().min(20).max(128), password: z.string().min(1).max(256) }),
    output: z.object({}),
  }),
  /** Opens the link that went to a new e-mail address. */
  confirmEmail: mutation({
    access: 'public',
    door: 'gateway',
    rest: { method: 'POST', path: '/session/confirm-email' },
    summary: { 'zh-CN': '确认新邮箱', 'en-US': 'Confirm a new e-mail address' },
    operation: 'myAccount.changeEmail',
    input: z.object({ token: z.string().min(20).max(128) }),
    output: z.object({ email }),
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
