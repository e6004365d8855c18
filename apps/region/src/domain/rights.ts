/**
 * What an actor may do to which resource (IAM-19, IAM-22). The one place that decides: the doors ask it before a handler
 * runs, lists and the live stream leave out by it. A permission holds everywhere, for own resources, for chosen ones, or not.
 */
import { BasaltError, both, permissionLabel, type ActorAssertion, type Permission } from '@basalt/contract';

/** Who acts, as far as rights go. */
export type Holder = Pick<ActorAssertion, 'sub' | 'permissions' | 'own' | 'scoped'>;

/** What is known of a resource; a VM has all of it, a host itself and its cluster. */
export interface Facts {
  readonly ownerId?: string | null;
  readonly vmId?: string | null;
  readonly hostId?: string | null;
  readonly clusterId?: string | null;
  /** Of a task: who asked for it; what somebody started himself is his, whatever it is about. */
  readonly startedBy?: string | null;
}

/** How far a permission reaches: everywhere, nowhere, or to what one of these says. */
export type Reach =
  | 'all'
  | 'none'
  | {
      /** Account whose resources it holds for. */
      readonly ownerId: string | null;
      readonly clusters: readonly string[];
      readonly hosts: readonly string[];
      readonly vms: readonly string[];
    };

export function reachOf(actor: Holder, permission: Permission): Reach {
  if (actor.permissions === '*' || actor.permissions.includes(permission)) return 'all';
  const scopes = actor.scoped.filter((part) => part.permissions.includes(permission)).map((part) => part.scope);
  const isOwn = actor.own.includes(permission);
  if (!isOwn && scopes.length === 0) return 'none';
  return {
    ownerId: isOwn ? actor.sub : null,
    clusters: scopes.flatMap((scope) => scope.clusters),
    hosts: scopes.flatMap((scope) => scope.hosts),
    vms: scopes.flatMap((scope) => scope.vms),
  };
}

const among = (ids: readonly string[], id: string | null | undefined): boolean =>
  id !== null && id !== undefined && ids.includes(id);

export const reaches = (reach: Reach, facts: Facts): boolean =>
  typeof reach === 'string'
    ? reach === 'all'
    : (reach.ownerId !== null && (facts.ownerId === reach.ownerId || facts.startedBy === reach.ownerId)) ||
      among(reach.vms, facts.vmId) ||
      among(reach.hosts, facts.hostId) ||
      among(reach.clusters, facts.clusterId);

export const permissionMissing = (permission: Permission): BasaltError => {
  const label = permissionLabel(permission);
  return new BasaltError('permissionMissing', {
    permission: both(`${label['zh-CN']}（${permission}）`, `${label['en-US']} (${permission})`),
  });
};

/** Whether the permission holds for everything here. */
export const permits = (actor: Holder, permission: Permission): boolean => reachOf(actor, permission) === 'all';

/** @throws BasaltError permissionMissing unless it holds for everything here. */
export function permissionDemand(actor: Holder, permission: Permission): void {
  if (!permits(actor, permission)) throw permissionMissing(permission);
}
