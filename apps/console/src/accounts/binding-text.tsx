'use client';
import type { ResourceScope } from '@basalt/contract';
import { Tag } from '@basalt/ui';
import { useTranslations } from 'next-intl';
import Link from 'next/link';
import { paths } from '@/paths.ts';
import { useRoleName } from '@/roles/role-words.ts';
import { can, useConsole } from '@/session/session.tsx';

/** How far a role reaches: nothing said when everywhere. */
export function useScopeText(): (scope: ResourceScope | null) => string | undefined {
  const t = useTranslations('accounts.scope');
  return (scope) =>
    scope === null
      ? undefined
      : t('counts', { clusters: scope.clusters.length, hosts: scope.hosts.length, vms: scope.vms.length });
}

/** One role of an account or a group, linked, with its scope when it is narrowed. */
export function BindingText({ role, name, scope }: { role: string; name: string; scope: ResourceScope | null }) {
  const { region, session } = useConsole();
  const words = useRoleName()(role, name);
  const scopeText = useScopeText()(scope);
  return (
    <>
      {can(session, 'role:read') ? <Link href={paths.role(region.key, role)}>{words}</Link> : words}
      {scopeText !== undefined && (
        <>
          {' '}
          <Tag>{scopeText}</Tag>
        </>
      )}
    </>
  );
}
