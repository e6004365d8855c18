/** Refusals that accounts, groups and roles share, each with its words in both languages. */
import { BasaltError, both } from '@basalt/contract';

export const kinds = {
  account: both('账号', 'account'),
  group: both('账号组', 'account group'),
  role: both('角色', 'role'),
  session: both('会话', 'session'),
} as const;

export const notFound = (kind: keyof typeof kinds, field?: string): BasaltError =>
  new BasaltError('notFound', { kind: kinds[kind] }, { field });

export const invalid = (field: string, zh: string, en: string): BasaltError =>
  new BasaltError('invalidInput', { field, rule: both(zh, en) }, { field });

export const refused = (zh: string, en: string, issues?: { field: string; message: string }[]): BasaltError =>
  new BasaltError('actionRefused', { reason: both(zh, en) }, { issues });

export const nameTaken = (name: string, field: string): BasaltError =>
  new BasaltError('nameTaken', { name }, { field });
