/** Which pages the pictures show; pages of one object show the newest there is. */
import type { PlatformApi } from './api.ts';

export interface ShotPage {
  readonly name: string;
  readonly path: string;
  readonly signedOut?: boolean;
  /** Selector of what comes later than the page itself and belongs into the picture. */
  readonly awaited?: string;
}

/** Every page of the console; those of objects are left out while there is none of their kind. */
export async function shotPages({ call }: PlatformApi, region: string): Promise<ShotPage[]> {
  const base = `/r/${region}`;
  const first = (items: readonly { readonly id: string }[]): string | undefined => items[0]?.id;
  const [vms, images, networks, hosts, tasks, accounts, groups, roles, webhooks] = await Promise.all([
    call.vm.list({ region, limit: 1, filter: { state: ['running'] } }),
    call.image.list({ region, limit: 1 }),
    call.network.list({ region, limit: 1 }),
    call.host.list({ region, limit: 1 }),
    call.task.list({ region, limit: 20 }),
    call.account.list({ limit: 1 }),
    call.accountGroup.list({ limit: 1 }),
    call.role.list({ limit: 50 }),
    call.webhook.list({ limit: 1 }),
  ]);
  const of = (name: string, path: string, id: string | undefined, tab = ''): ShotPage[] =>
    id === undefined ? [] : [{ name, path: `${base}/${path}/${id}${tab}` }];
  const vm = first(vms.items);
  // A task of a VM has the most steps to show.
  const task = tasks.items.find((item) => item.kind === 'vm.create') ?? tasks.items[0];
  return [
    { name: 'sign-in', path: '/sign-in', signedOut: true },
    { name: 'overview', path: `${base}/overview`, awaited: 'main tbody tr a' },
    { name: 'vms', path: `${base}/vms` },
    { name: 'vm-create', path: `${base}/vms/new` },
    ...of('vm', 'vms', vm),
    ...of('vm-console', 'vms', vm, '/console').map((page) => ({ ...page, awaited: 'canvas' })),
    ...of('vm-disks', 'vms', vm, '/disks'),
    ...of('vm-network', 'vms', vm, '/network'),
    ...of('vm-placement', 'vms', vm, '/placement'),
    { name: 'images', path: `${base}/images` },
    { name: 'image-upload', path: `${base}/images?upload=1` },
    ...of('image', 'images', first(images.items)),
    { name: 'networks', path: `${base}/networks` },
    { name: 'network-create', path: `${base}/networks?create=1` },
    ...of('network', 'networks', first(networks.items)),
    { name: 'hosts', path: `${base}/hosts` },
    { name: 'host-add', path: `${base}/hosts?add=1` },
    ...of('host', 'hosts', first(hosts.items)),
    { name: 'clusters', path: `${base}/clusters` },
    { name: 'tasks', path: `${base}/tasks` },
    ...of('task', 'tasks', task?.id),
    { name: 'events', path: `${base}/events` },
    { name: 'recycle-bin', path: `${base}/recycle-bin` },
    { name: 'accounts', path: `${base}/accounts` },
    ...of('account', 'accounts', first(accounts.items)),
    { name: 'account-groups', path: `${base}/account-groups` },
    ...of('account-group', 'account-groups', first(groups.items)),
    { name: 'roles', path: `${base}/roles` },
    ...of('role', 'roles', roles.items.find(({ builtIn }) => !builtIn)?.id ?? 'regionReadonly'),
    { name: 'api-keys', path: `${base}/api-keys` },
    { name: 'my-account', path: `${base}/my-account` },
    { name: 'login-policy', path: `${base}/login-policy` },
    { name: 'mail', path: `${base}/mail` },
    { name: 'webhooks', path: `${base}/webhooks` },
    { name: 'webhook-create', path: `${base}/webhooks?create=1` },
    { name: 'webhook-destinations', path: `${base}/webhooks?tab=destinations` },
    ...of('webhook', 'webhooks', first(webhooks.items)),
    { name: 'operation-log', path: `${base}/operation-log` },
    { name: 'forgot-password', path: '/forgot-password', signedOut: true },
  ];
}
