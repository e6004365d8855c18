import type { EffectivePermissions, Permission } from '@basalt/contract';

export interface EffectiveSets {
  all: ReadonlySet<Permission>;
  everywhere: ReadonlySet<Permission>;
  /** Beyond what holds everywhere. */
  own: ReadonlySet<Permission>;
  scoped: ReadonlySet<Permission>;
}

/** How far each permission reaches; the farthest counts. */
export function effectiveSets(effective: EffectivePermissions): EffectiveSets {
  const everywhere = new Set(effective.permissions);
  const beyond = (permissions: readonly Permission[]) => new Set(permissions.filter((key) => !everywhere.has(key)));
  const own = beyond(effective.own);
  const scoped = beyond(effective.scoped.flatMap(({ permissions }) => permissions));
  return { all: new Set([...everywhere, ...own, ...scoped]), everywhere, own, scoped };
}
