/** The menu as data: services of the rail, their pages, the permission that shows them and the keys that lead there. */
import { iconProps } from '@basalt/ui';
import type { Permission } from '@basalt/contract';
import {
  Box,
  ClipboardList,
  Disc3,
  KeyRound,
  LayoutDashboard,
  Layers,
  ListChecks,
  Lock,
  Mail,
  Network,
  RadioTower,
  ScrollText,
  Server,
  Settings,
  Shield,
  Trash2,
  User,
  UserCog,
  Users,
  Waypoints,
  Webhook,
} from 'lucide-react';
import { paths } from '@/paths.ts';

export interface NavPage {
  key:
    | 'overview'
    | 'vms'
    | 'images'
    | 'networks'
    | 'hosts'
    | 'clusters'
    | 'tasks'
    | 'events'
    | 'recycleBin'
    | 'operationLog'
    | 'accounts'
    | 'accountGroups'
    | 'roles'
    | 'apiKeys'
    | 'loginPolicy'
    | 'myAccount'
    | 'mail'
    | 'webhooks';
  permission: Permission | null;
  icon: React.ReactNode;
  path: (region: string) => string;
  /** After `g`. */
  letter: string;
}

export interface NavService {
  key: 'overview' | 'compute' | 'network' | 'physical' | 'operations' | 'identity' | 'settings';
  icon: React.ReactNode;
  pages: readonly NavPage[];
}

export const navigation: readonly NavService[] = [
  {
    key: 'overview',
    icon: <LayoutDashboard {...iconProps(18)} />,
    pages: [
      {
        key: 'overview',
        permission: null,
        icon: <LayoutDashboard {...iconProps()} />,
        path: paths.overview,
        letter: 'o',
      },
    ],
  },
  {
    key: 'compute',
    icon: <Box {...iconProps(18)} />,
    pages: [
      { key: 'vms', permission: 'vm:read', icon: <Box {...iconProps()} />, path: paths.vms, letter: 'v' },
      { key: 'images', permission: 'image:read', icon: <Disc3 {...iconProps()} />, path: paths.images, letter: 'i' },
    ],
  },
  {
    key: 'network',
    icon: <Network {...iconProps(18)} />,
    pages: [
      {
        key: 'networks',
        permission: 'network:read',
        icon: <Waypoints {...iconProps()} />,
        path: paths.networks,
        letter: 'n',
      },
    ],
  },
  {
    key: 'physical',
    icon: <Server {...iconProps(18)} />,
    pages: [
      { key: 'hosts', permission: 'host:read', icon: <Server {...iconProps()} />, path: paths.hosts, letter: 'h' },
      {
        key: 'clusters',
        permission: 'computeCluster:read',
        icon: <Layers {...iconProps()} />,
        path: paths.clusters,
        letter: 'l',
      },
    ],
  },
  {
    key: 'operations',
    icon: <ClipboardList {...iconProps(18)} />,
    pages: [
      { key: 'tasks', permission: 'task:read', icon: <ListChecks {...iconProps()} />, path: paths.tasks, letter: 't' },
      {
        key: 'events',
        permission: 'resourceEvent:read',
        icon: <RadioTower {...iconProps()} />,
        path: paths.events,
        letter: 'e',
      },
      {
        key: 'recycleBin',
        permission: 'vm:read',
        icon: <Trash2 {...iconProps()} />,
        path: paths.recycleBin,
        letter: 'b',
      },
      {
        key: 'operationLog',
        permission: 'operationLog:read',
        icon: <ScrollText {...iconProps()} />,
        path: paths.operationLog,
        letter: 'd',
      },
    ],
  },
  {
    key: 'identity',
    icon: <Users {...iconProps(18)} />,
    pages: [
      {
        key: 'accounts',
        permission: 'account:read',
        icon: <User {...iconProps()} />,
        path: paths.accounts,
        letter: 'a',
      },
      {
        key: 'accountGroups',
        permission: 'accountGroup:read',
        icon: <Users {...iconProps()} />,
        path: paths.accountGroups,
        letter: 'u',
      },
      { key: 'roles', permission: 'role:read', icon: <Shield {...iconProps()} />, path: paths.roles, letter: 'r' },
      {
        key: 'apiKeys',
        permission: 'apiKey:read',
        icon: <KeyRound {...iconProps()} />,
        path: paths.apiKeys,
        letter: 'y',
      },
      {
        key: 'loginPolicy',
        permission: 'loginPolicy:read',
        icon: <Lock {...iconProps()} />,
        path: paths.loginPolicy,
        letter: 'p',
      },
      {
        key: 'myAccount',
        permission: null,
        icon: <UserCog {...iconProps()} />,
        path: paths.myAccount,
        letter: 'm',
      },
    ],
  },
  {
    key: 'settings',
    icon: <Settings {...iconProps(18)} />,
    pages: [
      { key: 'mail', permission: 'mail:read', icon: <Mail {...iconProps()} />, path: paths.mail, letter: 's' },
      {
        key: 'webhooks',
        permission: 'webhook:read',
        icon: <Webhook {...iconProps()} />,
        path: paths.webhooks,
        letter: 'w',
      },
    ],
  },
];

/** The service and page an address belongs to. */
export function navAt(region: string, pathname: string): { service: NavService; page: NavPage } | undefined {
  for (const service of navigation) {
    for (const page of service.pages) {
      const path = page.path(region);
      if (pathname === path || pathname.startsWith(`${path}/`)) return { service, page };
    }
  }
  return undefined;
}
