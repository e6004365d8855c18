/** Refusals that several domain functions share, each with its words in both languages. */
import {
  actionRefusal,
  BasaltError,
  both,
  refusalText,
  type ActionOf,
  type StatefulKind,
  type StateOf,
} from '@basalt/contract';

const kinds = {
  vm: both('虚拟机', 'virtual machine'),
  host: both('节点', 'host'),
  image: both('镜像', 'image'),
  network: both('网络', 'network'),
  task: both('任务', 'task'),
  flavor: both('规格', 'flavour'),
  cluster: both('计算集群', 'compute cluster'),
  storageCluster: both('存储集群', 'storage cluster'),
} as const;
export type KindName = keyof typeof kinds;
export const kindText = (kind: KindName): string => kinds[kind];

export const notFound = (kind: KindName, field?: string): BasaltError =>
  new BasaltError('notFound', { kind: kinds[kind] }, { field });

/** The row, or the error that there is none. */
export function existing<T>(row: T | null | undefined, kind: KindName, field?: string): T {
  if (row === null || row === undefined) throw notFound(kind, field);
  return row;
}

/** Asks the state × action table. Ask with the row locked. @throws BasaltError actionRefused with the table's reason. */
export function actionDemand<K extends StatefulKind>(
  kind: K,
  state: StateOf<K>,
  action: ActionOf<K>,
  field?: string,
): void {
  const reason = actionRefusal(kind, state, action);
  if (reason !== null)
    throw new BasaltError(
      'actionRefused',
      {
        reason: both(
          refusalText(kind, reason, state, action, 'zh-CN'),
          refusalText(kind, reason, state, action, 'en-US'),
        ),
      },
      { field },
    );
}

export const refused = (zh: string, en: string, field?: string): BasaltError =>
  new BasaltError('actionRefused', { reason: both(zh, en) }, { field });

export const invalid = (field: string, zh: string, en: string): BasaltError =>
  new BasaltError('invalidInput', { field, rule: both(zh, en) }, { field });

const GIB = 1024 ** 3;
/** For sentences: whole or tenth GiB. */
export const gibText = (bytes: number): string => `${Math.round((bytes / GIB) * 10) / 10} GiB`;
