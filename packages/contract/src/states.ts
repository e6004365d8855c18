/**
 * States × actions: the one table that domain, console and simulator ask whether an action is possible now, and if not,
 * with which words that is said (VM-04).
 */
import { z } from 'zod';
import { diskStateTable, hostStateTable, imageStateTable, vmStateTable } from './gen/states.ts';
import { fill, type Locale, type Text } from './locale.ts';

export const stateTables = {
  vm: vmStateTable,
  disk: diskStateTable,
  image: imageStateTable,
  host: hostStateTable,
} as const;

export type StatefulKind = keyof typeof stateTables;
export type StateOf<K extends StatefulKind> = keyof (typeof stateTables)[K]['states'] & string;
export type ActionOf<K extends StatefulKind> = keyof (typeof stateTables)[K]['actions'] & string;
export type VmState = StateOf<'vm'>;
export type VmAction = ActionOf<'vm'>;
export type DiskState = StateOf<'disk'>;
export type ImageState = StateOf<'image'>;
export type ImageAction = ActionOf<'image'>;
export type HostState = StateOf<'host'>;
export type HostAction = ActionOf<'host'>;
export type StateColor = 'ok' | 'off' | 'busy' | 'warn' | 'err';

const keys = <K extends StatefulKind>(kind: K) =>
  Object.keys(stateTables[kind].states) as [StateOf<K>, ...StateOf<K>[]];

export const vmState = z.enum(keys('vm'));
export const diskState = z.enum(keys('disk'));
export const imageState = z.enum(keys('image'));
export const hostState = z.enum(keys('host'));

interface Row {
  readonly label: Text;
}
interface Table {
  readonly states: Readonly<Record<string, Row & { readonly color: StateColor; readonly kind: string }>>;
  readonly actions: Readonly<Record<string, Row & { readonly permission: string }>>;
  readonly reasons: Readonly<Record<string, Text>>;
  readonly refused: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const tableOf = (kind: StatefulKind): Table => stateTables[kind];

/** The key of the reason why `action` is refused in `state`, or null when the state allows it. */
export function actionRefusal<K extends StatefulKind>(kind: K, state: StateOf<K>, action: ActionOf<K>): string | null {
  return tableOf(kind).refused[state]?.[action] ?? null;
}

/** The sentence for a refusal key, with the state's and action's own labels put in. */
export function refusalText<K extends StatefulKind>(
  kind: K,
  reason: string,
  state: StateOf<K>,
  action: ActionOf<K>,
  locale: Locale,
): string {
  const table = tableOf(kind);
  return fill(table.reasons[reason]?.[locale] ?? reason, {
    state: table.states[state]?.label[locale] ?? state,
    action: table.actions[action]?.label[locale] ?? action,
  });
}

export const stateLabel = <K extends StatefulKind>(kind: K, state: StateOf<K>, locale: Locale): string =>
  tableOf(kind).states[state]?.label[locale] ?? state;

export const actionLabel = <K extends StatefulKind>(kind: K, action: ActionOf<K>, locale: Locale): string =>
  tableOf(kind).actions[action]?.label[locale] ?? action;

export const actionPermission = <K extends StatefulKind>(kind: K, action: ActionOf<K>): string =>
  tableOf(kind).actions[action]?.permission ?? '';

export const stateColor = <K extends StatefulKind>(kind: K, state: StateOf<K>): StateColor =>
  tableOf(kind).states[state]?.color ?? 'warn';

/** True while something is under way and the state will change by itself. */
export const stateIsTransition = <K extends StatefulKind>(kind: K, state: StateOf<K>): boolean =>
  tableOf(kind).states[state]?.kind === 'transition';
