import { z } from 'zod';
import { taskId } from '../ids.ts';
import { mutation, query } from '../procedure.ts';
import { inRegion, listInput, listOf, mutationInput } from '../schemas/common.ts';
import { resourceEvent, task, taskDetail, taskState } from '../schemas/task.ts';

export const tasks = {
  list: query({
    access: 'task:read',
    door: 'region',
    rest: { method: 'GET', path: '/regions/{region}/tasks' },
    summary: { 'zh-CN': '任务列表', 'en-US': 'List tasks, newest first' },
    input: listInput.extend({
      filter: z
        .object({
          state: z.array(taskState).optional(),
          targetId: z.string().max(64).optional(),
          kind: z.string().max(64).optional(),
          mine: z.boolean().optional(),
          active: z.boolean().optional(),
        })
        .default({}),
    }),
    output: listOf(task),
  }),
  get: query({
    access: 'task:read',
    door: 'region',
    rest: { method: 'GET', path: '/regions/{region}/tasks/{id}' },
    summary: { 'zh-CN': '任务详情', 'en-US': 'One task with its steps and log' },
    input: inRegion.extend({ id: taskId }),
    output: taskDetail,
  }),
  cancel: mutation({
    access: 'task:cancel',
    door: 'region',
    rest: { method: 'POST', path: '/regions/{region}/tasks/{id}/actions/cancel' },
    summary: { 'zh-CN': '取消任务', 'en-US': 'Cancel a task; what it did is undone' },
    operation: 'task.cancel',
    input: mutationInput.extend({ id: taskId }),
    output: task,
  }),
  retry: mutation({
    access: 'task:retry',
    door: 'region',
    rest: { method: 'POST', path: '/regions/{region}/tasks/{id}/actions/retry' },
    summary: { 'zh-CN': '重试任务', 'en-US': 'Try a failed or parked task again' },
    operation: 'task.retry',
    input: mutationInput.extend({ id: taskId }),
    output: task,
  }),
} as const;

export const resourceEvents = {
  list: query({
    access: 'resourceEvent:read',
    door: 'region',
    rest: { method: 'GET', path: '/regions/{region}/events' },
    summary: { 'zh-CN': '资源事件', 'en-US': 'What happened to resources' },
    input: listInput.extend({
      filter: z.object({ resourceId: z.string().max(64).optional(), kind: z.string().max(32).optional() }).default({}),
    }),
    output: listOf(resourceEvent),
  }),
} as const;

export const search = {
  find: query({
    access: 'session',
    door: 'region',
    rest: { method: 'GET', path: '/regions/{region}/search' },
    summary: { 'zh-CN': '全局搜索', 'en-US': 'Find by name, id, address or MAC; only what the account may read' },
    input: inRegion.extend({ text: z.string().trim().min(1).max(128) }),
    output: z.object({
      items: z.array(
        z.object({
          kind: z.enum(['vm', 'host', 'image', 'network', 'task']),
          id: z.string(),
          name: z.string(),
          detail: z.string(),
          matched: z.string(),
        }),
      ),
    }),
  }),
} as const;
