import { z } from 'zod';
import { vmId } from '../ids.ts';
import { mutation, query, type Rest } from '../procedure.ts';
import type { Permission } from '../permissions.ts';
import { errorShape } from '../errors.ts';
import { facet, inRegion, listOf, mutationInput, name, note, taskRef, timestamp } from '../schemas/common.ts';
import { placement, placementPreview } from '../schemas/placement.ts';
import { vm, vmCreateInput, vmListInput, vmSummary } from '../schemas/vm.ts';

const oneVm = mutationInput.extend({ id: vmId });
const action = (key: string): Rest => ({ method: 'POST', path: `/regions/{region}/vms/{id}/actions/${key}` });

const power = (access: Permission, key: string, operation: string, zh: string, en: string) =>
  mutation({
    access,
    door: 'region',
    rest: action(key),
    summary: { 'zh-CN': zh, 'en-US': en },
    operation,
    input: oneVm,
    output: taskRef,
  });

/** Actions that one request may ask of many VMs (VM-26). */
export const vmBulkAction = z.enum([
  'start',
  'shutdown',
  'powerOff',
  'reboot',
  'reset',
  'delete',
  'destroy',
  'undelete',
]);

export const vms = {
  list: query({
    access: 'vm:read',
    door: 'region',
    rest: { method: 'GET', path: '/regions/{region}/vms' },
    summary: { 'zh-CN': '虚拟机列表', 'en-US': 'List virtual machines' },
    input: vmListInput,
    output: listOf(vmSummary).extend({ facets: z.object({ state: facet, host: facet }) }),
  }),
  get: query({
    access: 'vm:read',
    door: 'region',
    rest: { method: 'GET', path: '/regions/{region}/vms/{id}' },
    summary: { 'zh-CN': '虚拟机详情', 'en-US': 'One virtual machine' },
    input: inRegion.extend({ id: vmId }),
    output: vm,
  }),
  /** The same checks and the same decision as `create`, without doing it (BYD-04). */
  preview: mutation({
    access: 'vm:create',
    door: 'region',
    rest: { method: 'POST', path: '/regions/{region}/vms/preview' },
    summary: { 'zh-CN': '预检创建', 'en-US': 'What creating would do' },
    input: vmCreateInput,
    output: placementPreview,
  }),
  create: mutation({
    access: 'vm:create',
    door: 'region',
    rest: { method: 'POST', path: '/regions/{region}/vms' },
    summary: { 'zh-CN': '创建虚拟机', 'en-US': 'Create virtual machines' },
    operation: 'vm.create',
    input: vmCreateInput,
    output: z.object({ items: z.array(z.object({ vm: vmSummary, taskId: taskRef.shape.taskId })) }),
  }),
  update: mutation({
    access: 'vm:update',
    door: 'region',
    rest: { method: 'PATCH', path: '/regions/{region}/vms/{id}' },
    summary: { 'zh-CN': '修改名称与备注', 'en-US': 'Change name and note' },
    operation: 'vm.update',
    input: oneVm.extend({ name: name.optional(), note: note.optional() }),
    output: vmSummary,
  }),
  start: power('vm:start', 'start', 'vm.start', '开机', 'Start'),
  shutdown: mutation({
    access: 'vm:shutdown',
    door: 'region',
    rest: action('shutdown'),
    summary: { 'zh-CN': '关机', 'en-US': 'Shut down by ACPI' },
    operation: 'vm.shutdown',
    /** After `timeout` seconds the guest is powered off if `thenPowerOff`, else the task fails and says so. */
    input: oneVm.extend({ timeout: z.int().min(10).max(3600).default(120), thenPowerOff: z.boolean().default(false) }),
    output: taskRef,
  }),
  powerOff: power('vm:powerOff', 'power-off', 'vm.powerOff', '断电', 'Power off'),
  reboot: power('vm:reboot', 'reboot', 'vm.reboot', '重启', 'Reboot by ACPI'),
  reset: power('vm:reset', 'reset', 'vm.reset', '强制重启', 'Hard reset'),
  pause: power('vm:pause', 'pause', 'vm.pause', '暂停', 'Pause'),
  resume: power('vm:resume', 'resume', 'vm.resume', '继续运行', 'Resume'),
  /** To the recycle bin: the domain is undefined, disks and addresses are kept. */
  delete: power('vm:delete', 'delete', 'vm.delete', '删除', 'Delete to the recycle bin'),
  undelete: power(
    'recycleBin:restore',
    'undelete',
    'recycleBin.restore',
    '从回收站恢复',
    'Restore from the recycle bin',
  ),
  /** For good: disks, ports and addresses are gone afterwards. */
  destroy: power('recycleBin:destroy', 'destroy', 'recycleBin.destroy', '销毁', 'Destroy'),
  bulk: mutation({
    access: 'vm:read',
    door: 'region',
    rest: { method: 'POST', path: '/regions/{region}/vms/bulk' },
    summary: { 'zh-CN': '批量操作', 'en-US': 'One action on many; each is checked for its own permission and state' },
    input: mutationInput.extend({ action: vmBulkAction, ids: z.array(vmId).min(1).max(1000) }),
    output: z.object({
      items: z.array(z.object({ id: vmId, taskId: taskRef.shape.taskId.nullable(), error: errorShape.nullable() })),
    }),
  }),
  placement: query({
    access: 'vm:read',
    door: 'region',
    rest: { method: 'GET', path: '/regions/{region}/vms/{id}/placement' },
    summary: { 'zh-CN': '放置说明', 'en-US': 'Why the VM is where it is' },
    input: inRegion.extend({ id: vmId }),
    output: z.object({ items: z.array(placement) }),
  }),
  /**
   * A ticket for one WebSocket at `/api/v1/console` (sub-protocols `basalt.console` and `ticket.<ticket>`).
   */
  console: mutation({
    access: 'vm:console',
    door: 'region',
    rest: action('console'),
    summary: { 'zh-CN': '打开控制台', 'en-US': 'Ticket for the console' },
    operation: 'vm.console',
    input: oneVm.extend({ protocol: z.enum(['vnc', 'serial']).default('vnc') }),
    output: z.object({ ticket: z.string(), expiresAt: timestamp, protocol: z.enum(['vnc', 'serial']) }),
  }),
  /** The screen as a data URL (PNG), made by QEMU now. */
  screenshot: query({
    access: 'vm:console',
    door: 'region',
    rest: { method: 'GET', path: '/regions/{region}/vms/{id}/screenshot' },
    summary: { 'zh-CN': '屏幕截图', 'en-US': 'Picture of the screen' },
    input: inRegion.extend({ id: vmId }),
    output: z.object({ png: z.string().nullable(), at: timestamp }),
  }),
} as const;
