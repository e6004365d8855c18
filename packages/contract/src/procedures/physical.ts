import { z } from 'zod';
import { clusterId, hostId } from '../ids.ts';
import { mutation, query } from '../procedure.ts';
import { hostState } from '../states.ts';
import { computeCluster, flavor, storageCluster } from '../schemas/cluster.ts';
import {
  facet,
  inRegion,
  listInput,
  listOf,
  mutationInput,
  name,
  sortOrder,
  taskRef,
  timestamp,
} from '../schemas/common.ts';
import { host } from '../schemas/host.ts';
import { overview as overviewSchema } from '../schemas/overview.ts';

export const overview = {
  get: query({
    access: 'overview:read',
    door: 'region',
    rest: { method: 'GET', path: '/regions/{region}/overview' },
    summary: { 'zh-CN': '资源总览', 'en-US': 'Capacity, health and what needs somebody' },
    input: inRegion,
    output: overviewSchema,
  }),
} as const;

export const computeClusters = {
  list: query({
    access: 'computeCluster:read',
    door: 'region',
    rest: { method: 'GET', path: '/regions/{region}/compute-clusters' },
    summary: { 'zh-CN': '计算集群列表', 'en-US': 'List compute clusters' },
    input: inRegion,
    output: z.object({ items: z.array(computeCluster) }),
  }),
  rename: mutation({
    access: 'computeCluster:update',
    door: 'region',
    rest: { method: 'PATCH', path: '/regions/{region}/compute-clusters/{id}' },
    summary: { 'zh-CN': '修改集群名称', 'en-US': 'Rename a compute cluster' },
    operation: 'computeCluster.rename',
    input: mutationInput.extend({ id: clusterId, name }),
    output: computeCluster,
  }),
} as const;

export const storageClusters = {
  list: query({
    access: 'storageCluster:read',
    door: 'region',
    rest: { method: 'GET', path: '/regions/{region}/storage-clusters' },
    summary: { 'zh-CN': '存储集群列表', 'en-US': 'List storage clusters' },
    input: inRegion,
    output: z.object({ items: z.array(storageCluster) }),
  }),
} as const;

export const flavors = {
  list: query({
    access: 'flavor:read',
    door: 'region',
    rest: { method: 'GET', path: '/regions/{region}/flavors' },
    summary: { 'zh-CN': '规格列表', 'en-US': 'List flavours' },
    input: inRegion,
    output: z.object({ items: z.array(flavor) }),
  }),
} as const;

const enrolToken = z.object({
  /** Shown once; 15 minutes, one use, for one host name. */
  token: z.string(),
  hostName: z.string(),
  expiresAt: timestamp,
  /** `https://address:port` of the region's door for agents. */
  endpoint: z.string(),
  /** `sha256:…` of the region's CA certificate (DER), which the agent pins. */
  caFingerprint: z.string(),
  /** The line to run on the host. */
  command: z.string(),
});

export const hosts = {
  list: query({
    access: 'host:read',
    door: 'region',
    rest: { method: 'GET', path: '/regions/{region}/hosts' },
    summary: { 'zh-CN': '节点列表', 'en-US': 'List hosts' },
    input: listInput.extend({
      sort: z
        .object({ field: z.enum(['name', 'state', 'vms', 'cpuUse', 'memory']), order: sortOrder })
        .default({ field: 'name', order: 'asc' }),
      filter: z.object({ state: z.array(hostState).optional(), clusterId: z.array(clusterId).optional() }).default({}),
    }),
    output: listOf(host).extend({ facets: z.object({ state: facet }) }),
  }),
  get: query({
    access: 'host:read',
    door: 'region',
    rest: { method: 'GET', path: '/regions/{region}/hosts/{id}' },
    summary: { 'zh-CN': '节点详情', 'en-US': 'One host' },
    input: inRegion.extend({ id: hostId }),
    output: host,
  }),
  createEnrolToken: mutation({
    access: 'host:enrol',
    door: 'region',
    rest: { method: 'POST', path: '/regions/{region}/hosts/enrol-tokens' },
    summary: { 'zh-CN': '生成节点加入令牌', 'en-US': 'Make a one-time token by which a host joins' },
    operation: 'host.enrol',
    input: mutationInput.extend({
      hostName: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/u, 'hostName'),
      clusterId: clusterId.optional(),
    }),
    output: enrolToken,
  }),
  lock: mutation({
    access: 'host:lock',
    door: 'region',
    rest: { method: 'POST', path: '/regions/{region}/hosts/{id}/actions/lock' },
    summary: { 'zh-CN': '锁定节点', 'en-US': 'Lock a host: it takes no new VMs' },
    operation: 'host.lock',
    input: mutationInput.extend({ id: hostId }),
    output: host,
  }),
  unlock: mutation({
    access: 'host:unlock',
    door: 'region',
    rest: { method: 'POST', path: '/regions/{region}/hosts/{id}/actions/unlock' },
    summary: { 'zh-CN': '解锁节点', 'en-US': 'Unlock a host' },
    operation: 'host.unlock',
    input: mutationInput.extend({ id: hostId }),
    output: host,
  }),
  remove: mutation({
    access: 'host:remove',
    door: 'region',
    rest: { method: 'DELETE', path: '/regions/{region}/hosts/{id}' },
    summary: { 'zh-CN': '移除节点', 'en-US': 'Remove an empty host' },
    operation: 'host.remove',
    input: mutationInput.extend({ id: hostId }),
    output: taskRef,
  }),
} as const;
