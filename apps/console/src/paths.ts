/**
 * Every address of the console. Pages and links take their paths from here, and a snapshot test shows when one changes:
 * addresses are shared between people and kept in bookmarks.
 */
const inRegion = (region: string, ...rest: string[]): string =>
  `/r/${[region, ...rest].map(encodeURIComponent).join('/')}`;

export const paths = {
  home: () => '/',
  signIn: (next?: string) => (next === undefined ? '/sign-in' : `/sign-in?next=${encodeURIComponent(next)}`),
  password: () => '/password',
  forgotPassword: () => '/forgot-password',
  /** Opened by links of mails; their token stands in the fragment, which reaches no server and no log. */
  resetPassword: () => '/reset-password',
  confirmEmail: () => '/confirm-email',
  overview: (region: string) => inRegion(region, 'overview'),
  vms: (region: string) => inRegion(region, 'vms'),
  vmCreate: (region: string) => inRegion(region, 'vms', 'new'),
  vm: (region: string, id: string, tab: VmTab = 'overview') =>
    tab === 'overview' ? inRegion(region, 'vms', id) : inRegion(region, 'vms', id, tab),
  images: (region: string) => inRegion(region, 'images'),
  image: (region: string, id: string) => inRegion(region, 'images', id),
  imageUpload: (region: string) => `${inRegion(region, 'images')}?upload=1`,
  networks: (region: string) => inRegion(region, 'networks'),
  network: (region: string, id: string) => inRegion(region, 'networks', id),
  networkCreate: (region: string) => `${inRegion(region, 'networks')}?create=1`,
  hosts: (region: string) => inRegion(region, 'hosts'),
  hostAdd: (region: string) => `${inRegion(region, 'hosts')}?add=1`,
  host: (region: string, id: string) => inRegion(region, 'hosts', id),
  tasks: (region: string) => inRegion(region, 'tasks'),
  task: (region: string, id: string) => inRegion(region, 'tasks', id),
  events: (region: string) => inRegion(region, 'events'),
  recycleBin: (region: string) => inRegion(region, 'recycle-bin'),
  clusters: (region: string) => inRegion(region, 'clusters'),
  accounts: (region: string) => inRegion(region, 'accounts'),
  accountCreate: (region: string) => `${inRegion(region, 'accounts')}?create=1`,
  account: (region: string, id: string) => inRegion(region, 'accounts', id),
  accountGroups: (region: string) => inRegion(region, 'account-groups'),
  accountGroupCreate: (region: string) => `${inRegion(region, 'account-groups')}?create=1`,
  accountGroup: (region: string, id: string) => inRegion(region, 'account-groups', id),
  roles: (region: string) => inRegion(region, 'roles'),
  roleCreate: (region: string) => inRegion(region, 'roles', 'new'),
  role: (region: string, id: string) => inRegion(region, 'roles', id),
  apiKeys: (region: string) => inRegion(region, 'api-keys'),
  myAccount: (region: string) => inRegion(region, 'my-account'),
  loginPolicy: (region: string) => inRegion(region, 'login-policy'),
  mail: (region: string) => inRegion(region, 'mail'),
  webhooks: (region: string) => inRegion(region, 'webhooks'),
  webhookCreate: (region: string) => `${inRegion(region, 'webhooks')}?create=1`,
  webhookDestinations: (region: string) => `${inRegion(region, 'webhooks')}?tab=destinations`,
  webhook: (region: string, id: string) => inRegion(region, 'webhooks', id),
  operationLog: (region: string) => inRegion(region, 'operation-log'),
} as const;

export const vmTabs = ['overview', 'console', 'disks', 'network', 'tasks', 'events', 'placement', 'settings'] as const;
export type VmTab = (typeof vmTabs)[number];

/** The page of a found object or of a task's target; undefined for kinds without a page. */
export function pathOfObject(region: string, kind: string, id: string): string | undefined {
  switch (kind) {
    case 'vm':
      return paths.vm(region, id);
    case 'host':
      return paths.host(region, id);
    case 'image':
      return paths.image(region, id);
    case 'network':
      return paths.network(region, id);
    case 'task':
      return paths.task(region, id);
    case 'computeCluster':
    case 'storageCluster':
    case 'cluster':
      return paths.clusters(region);
    case 'account':
      return paths.account(region, id);
    case 'accountGroup':
      return paths.accountGroup(region, id);
    case 'role':
      return paths.role(region, id);
    case 'webhook':
      return paths.webhook(region, id);
    default:
      return undefined;
  }
}

/** Only addresses of this console: a sign-in link must not lead elsewhere. */
export function safeNext(next: string | null | undefined): string {
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) ? next : paths.home();
}

/** Addresses that the gateway answers. */
export const endpoints = {
  trpc: '/api/trpc',
  /** WebSocket; the ticket stands in its sub-protocols. */
  console: '/api/v1/console',
  events: (region: string) => `/api/v1/regions/${encodeURIComponent(region)}/events`,
  imageContent: (region: string, id: string, offset: number) =>
    `/api/v1/regions/${encodeURIComponent(region)}/images/${encodeURIComponent(id)}/content?offset=${offset}`,
} as const;
