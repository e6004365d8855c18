/**
 * Every action of the console as data. Buttons, row menus, the bulk bar and the command palette are drawn from it, and all
 * of them ask {@link actionReason} whether it is possible now; so an action cannot be offered in one place and be
 * refused without a word in another.
 */
import {
  actionLabel,
  actionRefusal,
  refusalText,
  type ActionOf,
  type Permission,
  type StatefulKind,
  type StateOf,
} from '@basalt/contract';
import type { Locale } from '@/i18n/locales.ts';
import { paths } from '@/paths.ts';

/** Actions that need no object: pages that create, and the reader's own settings. */
export interface GlobalAction {
  id:
    | 'createVm'
    | 'uploadImage'
    | 'createNetwork'
    | 'addHost'
    | 'createAccount'
    | 'createAccountGroup'
    | 'createRole'
    | 'myAccount'
    | 'themeLight'
    | 'themeDark'
    | 'themeSystem'
    | 'keyHelp'
    | 'changePassword'
    | 'signOut';
  permission: Permission | null;
  /** Where it leads; the rest is done by the shell. */
  path?: (region: string) => string;
  keys?: readonly string[];
}

export const globalActions: readonly GlobalAction[] = [
  { id: 'createVm', permission: 'vm:create', path: paths.vmCreate, keys: ['c'] },
  { id: 'uploadImage', permission: 'image:upload', path: paths.imageUpload },
  { id: 'createNetwork', permission: 'network:create', path: paths.networkCreate },
  { id: 'addHost', permission: 'host:enrol', path: paths.hostAdd },
  { id: 'createAccount', permission: 'account:create', path: paths.accountCreate },
  { id: 'createAccountGroup', permission: 'accountGroup:create', path: paths.accountGroupCreate },
  { id: 'createRole', permission: 'role:create', path: paths.roleCreate },
  { id: 'myAccount', permission: null, path: paths.myAccount },
  { id: 'themeLight', permission: null },
  { id: 'themeDark', permission: null },
  { id: 'themeSystem', permission: null },
  { id: 'keyHelp', permission: null, keys: ['?'] },
  { id: 'changePassword', permission: null, path: paths.password },
  { id: 'signOut', permission: null },
];

/** An action on objects of one kind; label, permission and possible states are those of the contract's state table. */
export interface ObjectAction<K extends StatefulKind = StatefulKind> {
  kind: K;
  action: ActionOf<K>;
  permission: Permission;
  danger?: boolean;
  /** Asks first, with a preflight. */
  confirm?: boolean;
  /** May be asked of many at once. */
  bulk?: boolean;
}

export const vmActions = [
  { kind: 'vm', action: 'console', permission: 'vm:console' },
  { kind: 'vm', action: 'start', permission: 'vm:start', bulk: true },
  { kind: 'vm', action: 'shutdown', permission: 'vm:shutdown', bulk: true },
  { kind: 'vm', action: 'reboot', permission: 'vm:reboot', bulk: true },
  { kind: 'vm', action: 'powerOff', permission: 'vm:powerOff', danger: true, confirm: true, bulk: true },
  { kind: 'vm', action: 'reset', permission: 'vm:reset', danger: true, confirm: true, bulk: true },
  { kind: 'vm', action: 'pause', permission: 'vm:pause' },
  { kind: 'vm', action: 'resume', permission: 'vm:resume' },
  { kind: 'vm', action: 'rename', permission: 'vm:update' },
  { kind: 'vm', action: 'delete', permission: 'vm:delete', danger: true, confirm: true, bulk: true },
  { kind: 'vm', action: 'undelete', permission: 'recycleBin:restore', bulk: true },
  { kind: 'vm', action: 'destroy', permission: 'recycleBin:destroy', danger: true, confirm: true, bulk: true },
] as const satisfies readonly ObjectAction<'vm'>[];

export type VmActionKey = (typeof vmActions)[number]['action'];

/** The registry's entry of one action of a VM. */
export const vmAction = (action: VmActionKey): ObjectAction<'vm'> => {
  const entry = vmActions.find((item) => item.action === action);
  if (!entry) throw new Error(`no such action: ${action}`);
  return entry;
};

/** The label of an object's action, from the contract. */
export const objectActionLabel = <K extends StatefulKind>(entry: ObjectAction<K>, locale: Locale): string =>
  actionLabel(entry.kind, entry.action, locale);

/**
 * Why an action is not possible, or undefined. `permissionReason` is that of usePermissionReason; a missing permission
 * is named before a state, because waiting does not help against it.
 */
export function actionReason<K extends StatefulKind>(
  entry: ObjectAction<K>,
  state: StateOf<K>,
  locale: Locale,
  permissionReason: (permission: Permission) => string | undefined,
): string | undefined {
  const missing = permissionReason(entry.permission);
  if (missing !== undefined) return missing;
  const refusal = actionRefusal(entry.kind, state, entry.action);
  return refusal === null ? undefined : refusalText(entry.kind, refusal, state, entry.action, locale);
}

/** How many of the selected an action holds for, and the first reason of those it does not hold for. */
export function bulkReason<K extends StatefulKind>(
  entry: ObjectAction<K>,
  states: readonly StateOf<K>[],
  locale: Locale,
  permissionReason: (permission: Permission) => string | undefined,
): { possible: number; reason: string | undefined } {
  const reasons = states.map((state) => actionReason(entry, state, locale, permissionReason));
  return {
    possible: reasons.filter((reason) => reason === undefined).length,
    reason: reasons.find((reason) => reason !== undefined),
  };
}

export const imageActions = {
  cancel: { kind: 'image', action: 'cancel', permission: 'image:upload', danger: true, confirm: true },
  resumeUpload: { kind: 'image', action: 'resumeUpload', permission: 'image:upload' },
  delete: { kind: 'image', action: 'delete', permission: 'image:delete', danger: true, confirm: true },
} as const satisfies Readonly<Record<string, ObjectAction<'image'>>>;

export const hostActions = {
  lock: { kind: 'host', action: 'lock', permission: 'host:lock', confirm: true },
  unlock: { kind: 'host', action: 'unlock', permission: 'host:unlock' },
  remove: { kind: 'host', action: 'remove', permission: 'host:remove', danger: true, confirm: true },
} as const satisfies Readonly<Record<string, ObjectAction<'host'>>>;
