import { z } from 'zod';
import { networkId } from '../ids.ts';
import { mutation, query } from '../procedure.ts';
import { inRegion, ipv4, listInput, listOf, mutationInput, name, note, sortOrder } from '../schemas/common.ts';
import { addressUse, network, networkInput, route } from '../schemas/network.ts';

export const networks = {
  list: query({
    access: 'network:read',
    door: 'region',
    rest: { method: 'GET', path: '/regions/{region}/networks' },
    summary: { 'zh-CN': '扁平网络列表', 'en-US': 'List flat networks' },
    input: listInput.extend({
      sort: z
        .object({ field: z.enum(['name', 'vlan', 'createdAt']), order: sortOrder })
        .default({ field: 'name', order: 'asc' }),
    }),
    output: listOf(network),
  }),
  get: query({
    access: 'network:read',
    door: 'region',
    rest: { method: 'GET', path: '/regions/{region}/networks/{id}' },
    summary: { 'zh-CN': '扁平网络详情', 'en-US': 'One flat network' },
    input: inRegion.extend({ id: networkId }),
    output: network,
  }),
  uplinks: query({
    access: 'network:read',
    door: 'region',
    rest: { method: 'GET', path: '/regions/{region}/uplinks' },
    summary: { 'zh-CN': '上行列表', 'en-US': 'Provider networks that the hosts carry' },
    input: inRegion,
    output: z.object({ items: z.array(z.object({ name: z.string(), hosts: z.int(), vlans: z.array(z.int()) })) }),
  }),
  addresses: query({
    access: 'network:read',
    door: 'region',
    rest: { method: 'GET', path: '/regions/{region}/networks/{id}/addresses' },
    summary: { 'zh-CN': '地址使用情况', 'en-US': 'Addresses in use' },
    input: listInput.extend({ id: networkId }),
    output: listOf(addressUse),
  }),
  create: mutation({
    access: 'network:create',
    door: 'region',
    rest: { method: 'POST', path: '/regions/{region}/networks' },
    summary: { 'zh-CN': '创建扁平网络', 'en-US': 'Create a flat network' },
    operation: 'network.create',
    input: mutationInput.extend(networkInput.shape),
    output: network,
  }),
  update: mutation({
    access: 'network:update',
    door: 'region',
    rest: { method: 'PATCH', path: '/regions/{region}/networks/{id}' },
    summary: { 'zh-CN': '修改扁平网络', 'en-US': 'Change name, note, DNS, routes, DHCP' },
    operation: 'network.update',
    input: mutationInput.extend({
      id: networkId,
      name: name.optional(),
      note: note.optional(),
      dns: z.array(ipv4).max(4).optional(),
      routes: z.array(route).max(32).optional(),
      dhcp: z.boolean().optional(),
    }),
    output: network,
  }),
  delete: mutation({
    access: 'network:delete',
    door: 'region',
    rest: { method: 'DELETE', path: '/regions/{region}/networks/{id}' },
    summary: { 'zh-CN': '删除扁平网络', 'en-US': 'Delete a flat network without VMs' },
    operation: 'network.delete',
    input: mutationInput.extend({ id: networkId }),
    output: z.object({}),
  }),
} as const;
