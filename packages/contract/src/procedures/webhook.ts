/** Webhooks (API-03). */
import { z } from 'zod';
import { webhookId } from '../ids.ts';
import { mutation, query } from '../procedure.ts';
import { changeInput, pageInput, pageOf, sortOrder } from '../schemas/common.ts';
import {
  webhook,
  webhookDelivery,
  webhookDestinations,
  webhookDestinationsRead,
  webhookInput,
  webhookOutcome,
  webhookSecret,
} from '../schemas/webhook.ts';

const one = z.object({ id: webhookId });
const versioned = changeInput.extend({
  /** The one that was read; a change that was made meanwhile is not overwritten. */
  version: z.int().nonnegative(),
});

export const webhooks = {
  list: query({
    access: 'webhook:read',
    door: 'gateway',
    rest: { method: 'GET', path: '/webhooks' },
    summary: { 'zh-CN': 'Webhook 列表', 'en-US': 'List webhooks' },
    input: pageInput.extend({
      sort: z
        .object({ field: z.enum(['name', 'url', 'createdAt']), order: sortOrder })
        .default({ field: 'name', order: 'asc' }),
    }),
    output: pageOf(webhook),
  }),
  get: query({
    access: 'webhook:read',
    door: 'gateway',
    rest: { method: 'GET', path: '/webhooks/{id}' },
    summary: { 'zh-CN': 'Webhook 详情', 'en-US': 'A webhook' },
    input: one,
    output: webhook,
  }),
  /** Newest first; the last 200 of each webhook are kept. */
  deliveries: query({
    access: 'webhook:read',
    door: 'gateway',
    rest: { method: 'GET', path: '/webhooks/{id}/deliveries' },
    summary: { 'zh-CN': 'Webhook 投递记录', 'en-US': 'What became of the messages of a webhook' },
    input: pageInput.omit({ search: true }).extend({ id: webhookId, ok: z.boolean().optional() }),
    output: pageOf(webhookDelivery),
  }),
  /** Events from now on are delivered. The secret is told here and never again. */
  create: mutation({
    access: 'webhook:create',
    door: 'gateway',
    rest: { method: 'POST', path: '/webhooks' },
    summary: { 'zh-CN': '创建 Webhook', 'en-US': 'Create a webhook' },
    operation: 'webhook.create',
    input: changeInput.extend(webhookInput.shape),
    output: z.object({ webhook, secret: webhookSecret }),
  }),
  update: mutation({
    access: 'webhook:update',
    door: 'gateway',
    rest: { method: 'PUT', path: '/webhooks/{id}' },
    summary: { 'zh-CN': '修改 Webhook', 'en-US': 'Change a webhook' },
    operation: 'webhook.update',
    input: versioned.extend({ id: webhookId, ...webhookInput.shape }),
    output: webhook,
  }),
  /** Messages are signed with the new and, for 24 hours, also with the old secret. */
  rotateSecret: mutation({
    access: 'webhook:update',
    door: 'gateway',
    rest: { method: 'POST', path: '/webhooks/{id}/actions/rotate-secret' },
    summary: { 'zh-CN': '轮换 Webhook 密钥', 'en-US': 'Give a webhook a new secret' },
    operation: 'webhook.rotateSecret',
    input: changeInput.extend({ id: webhookId }),
    output: z.object({ secret: webhookSecret, oldUntil: z.iso.datetime() }),
  }),
  /** Tries what waits at once instead of at its next time. */
  retry: mutation({
    access: 'webhook:update',
    door: 'gateway',
    rest: { method: 'POST', path: '/webhooks/{id}/actions/retry' },
    summary: { 'zh-CN': '立即重试 Webhook', 'en-US': 'Try a failing webhook again now' },
    operation: 'webhook.retry',
    input: changeInput.extend({ id: webhookId }),
    output: webhook,
  }),
  /** Forgets what waits and goes on from now; the receiver is told that it missed something. */
  skip: mutation({
    access: 'webhook:update',
    door: 'gateway',
    rest: { method: 'POST', path: '/webhooks/{id}/actions/skip' },
    summary: { 'zh-CN': '跳过待投递事件', 'en-US': 'Skip the events that wait for a webhook' },
    operation: 'webhook.skip',
    input: changeInput.extend({ id: webhookId }),
    output: webhook,
  }),
  /** Sends a message of type `test` and tells how far it came. */
  test: mutation({
    access: 'webhook:test',
    door: 'gateway',
    rest: { method: 'POST', path: '/webhooks/{id}/actions/test' },
    summary: { 'zh-CN': '测试 Webhook', 'en-US': 'Send a test message to a webhook' },
    operation: 'webhook.test',
    input: changeInput.extend({ id: webhookId }),
    output: webhookOutcome,
    deadline: 30_000,
  }),
  delete: mutation({
    access: 'webhook:delete',
    door: 'gateway',
    rest: { method: 'DELETE', path: '/webhooks/{id}' },
    summary: { 'zh-CN': '删除 Webhook', 'en-US': 'Delete a webhook' },
    operation: 'webhook.delete',
    input: changeInput.extend({ id: webhookId }),
    output: z.object({}),
  }),
  destinations: query({
    access: 'webhook:read',
    door: 'gateway',
    rest: { method: 'GET', path: '/webhook-destinations' },
    summary: { 'zh-CN': 'Webhook 允许的内网地址', 'en-US': 'Private networks that webhooks may be sent to' },
    input: z.object({}),
    output: webhookDestinationsRead,
  }),
  updateDestinations: mutation({
    access: 'webhook:manageDestinations',
    door: 'gateway',
    rest: { method: 'PUT', path: '/webhook-destinations' },
    summary: {
      'zh-CN': '修改 Webhook 允许的内网地址',
      'en-US': 'Change the private networks that webhooks may be sent to',
    },
    operation: 'webhook.updateDestinations',
    input: versioned.extend(webhookDestinations.shape),
    output: webhookDestinationsRead,
  }),
} as const;
