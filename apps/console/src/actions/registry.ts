/**
 * Every action of the console as data. Buttons, row menus, the bulk bar and the command palette are drawn from it, and all
 * of them ask {@link actionReason} whether it is possible now; so an action cannot be offered in one place and be
 * refused without a word in another.
 */
import {
  actionLabel,
  actionRefusal,
  operationTable,
  procedures,
  refusalText,
  type ActionOf,
  type Permission,
  type Procedure,
  type ProcedureTree,
  type StatefulKind,
  type StateOf,
  type Text,
} from '@basalt/contract';
import type { Locale } from '@/i18n/locales.ts';
import { paths } from '@/paths.ts';
import type { ActionTarget } from '@/session/permissions.ts';

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
    | 'createWebhook'
    | 'myAccount'
    | 'endSeeAs'
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
  { id: 'createWebhook', permission: 'webhook:create', path: paths.webhookCreate },
  { id: 'myAccount', permission: null, path: paths.myAccount },
  { id: 'endSeeAs', permission: null },
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
 * is named before a state, because waiting does not help against it. `target` tells whose the object is, for permissions
 * that hold for one's own resources only.
 */
export function actionReason<K extends StatefulKind>(
  entry: ObjectAction<K>,
  state: StateOf<K>,
  locale: Locale,
  permissionReason: (permission: Permission, target?: ActionTarget) => string | undefined,
  target?: ActionTarget,
): string | undefined {
  const missing = permissionReason(entry.permission, target);
  if (missing !== undefined) return missing;
  const refusal = actionRefusal(entry.kind, state, entry.action);
  return refusal === null ? undefined : refusalText(entry.kind, refusal, state, entry.action, locale);
}

/** Seeing the console as another account does; it changes nothing, so it has no procedure of its own. */
export const seeAsAction = { id: 'seeAs', permission: 'account:read' } as const satisfies {
  id: string;
  permission: Permission;
};

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

type AreaKey = keyof typeof procedures;
/** `account.freeze`: a procedure as the operation log and the API call it. */
export type CallName = { [A in AreaKey]: `${A}.${keyof (typeof procedures)[A] & string}` }[AreaKey];

/** How an action without states of its own is offered; its permission and its name are the contract's. */
interface CallFlags {
  danger?: boolean;
  confirm?: boolean;
  bulk?: boolean;
}

/** Everything that can be changed about accounts, roles, keys, settings and the operation log, by the procedure that does it. */
export const callActions = {
  'account.create': {},
  'account.update': {},
  'account.setSourceLimits': {},
  'account.freeze': { danger: true, confirm: true, bulk: true },
  'account.unfreeze': { confirm: true, bulk: true },
  'account.delete': { danger: true, confirm: true },
  'account.grantRegions': {},
  'account.bindRoles': {},
  'account.resetPassword': { danger: true, confirm: true },
  'account.resetTotp': { danger: true, confirm: true },
  'account.endSession': { danger: true, confirm: true },
  'accountGroup.create': {},
  'accountGroup.update': {},
  'accountGroup.delete': { danger: true, confirm: true },
  'role.create': {},
  'role.clone': {},
  'role.update': {},
  'role.delete': { danger: true, confirm: true },
  'apiKey.disable': { danger: true, confirm: true, bulk: true },
  'myAccount.update': {},
  'myAccount.changeEmail': {},
  'myAccount.prepareTotp': {},
  'myAccount.enableTotp': {},
  'myAccount.disableTotp': { danger: true, confirm: true },
  'myAccount.endSession': { danger: true, confirm: true },
  'myAccount.createApiKey': {},
  'myAccount.updateApiKey': {},
  'myAccount.deleteApiKey': { danger: true, confirm: true },
  'loginPolicy.update': {},
  'loginPolicy.setDutySeparation': { danger: true, confirm: true },
  'mail.update': {},
  'mail.test': {},
  'webhook.create': {},
  'webhook.update': {},
  'webhook.test': {},
  'webhook.retry': {},
  'webhook.skip': { danger: true, confirm: true },
  'webhook.rotateSecret': { confirm: true },
  'webhook.delete': { danger: true, confirm: true },
  'webhook.updateDestinations': {},
  'operationLog.verify': {},
  'operationLog.export': {},
  'operationLog.createRule': {},
  'operationLog.updateRule': {},
  'operationLog.deleteRule': { danger: true, confirm: true },
  'operationLog.updateSyslog': {},
  'notificationGroup.create': {},
  'notificationGroup.update': {},
  'notificationGroup.delete': { danger: true, confirm: true },
  'vm.create': {},
  'vm.preview': {},
  'vm.update': {},
  'image.createUpload': {},
  'image.cancelUpload': { danger: true, confirm: true },
  'image.delete': { danger: true, confirm: true },
  'network.create': {},
  'network.delete': { danger: true, confirm: true },
  'host.createEnrolToken': {},
  'task.cancel': { danger: true, confirm: true },
  'task.retry': {},
} as const satisfies Partial<Record<CallName, CallFlags>>;
export type CallKey = keyof typeof callActions;

const declared: ProcedureTree = procedures;
const declarationOf = (key: CallKey): Procedure => {
  const [area = '', verb = ''] = key.split('.');
  const found = declared[area]?.[verb];
  if (!found) throw new Error(`no such procedure: ${key}`);
  return found;
};

/** The permission a call asks for, from its declaration; null where a session is enough. */
export function callPermission(key: CallKey): Permission | null {
  const { access } = declarationOf(key);
  return access === 'public' || access === 'session' ? null : access;
}

/** The name of a call's operation: what buttons and menus say is what the operation log will say. */
export function callLabel(key: CallKey, locale: Locale): string {
  const { operation, summary } = declarationOf(key);
  const labels: Readonly<Record<string, { label: Text }>> = operationTable;
  return (labels[operation ?? ''] ?? { label: summary }).label[locale];
}

export const callFlags = (key: CallKey): CallFlags => callActions[key];

/** Why a call is not possible for lack of a permission, or undefined; `permissionReason` is that of usePermissionReason. */
export function callReason(
  key: CallKey,
  permissionReason: (permission: Permission) => string | undefined,
): string | undefined {
  const permission = callPermission(key);
  return permission === null ? undefined : permissionReason(permission);
}
